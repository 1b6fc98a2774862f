-- A row holds the entries of one append: count of them, "offset" that of the last. Rows of the first release hold one.
ALTER TABLE entries ADD COLUMN count BIGINT NOT NULL DEFAULT 1;

-- Names of metrics by number; batches hold the numbers.
CREATE TABLE metric_names (
  id BIGINT NOT NULL PRIMARY KEY,
  name $text NOT NULL
);
