-- What a caller is found by: the phone's digits with the last first and without zeros in front, the postcode as imported and without blanks and dashes.
ALTER TABLE customers ADD COLUMN postcode $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN phone_reversed $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN postcode_folded $text NOT NULL DEFAULT '';
CREATE INDEX customers_phone ON customers (phone_reversed);
CREATE INDEX customers_postcode ON customers (postcode_folded);
CREATE INDEX devices_id_folded ON devices (LOWER(id));
CREATE INDEX devices_serial_folded ON devices (LOWER(serial));
CREATE INDEX devices_model_folded ON devices (LOWER(model));

-- The words of customers and of cases, small and without accents.
CREATE TABLE customer_words (
  word $text NOT NULL,
  customer $text NOT NULL,
  PRIMARY KEY (word, customer)
) $clustered;
CREATE INDEX customer_words_customer ON customer_words (customer);

CREATE TABLE case_words (
  word $text NOT NULL,
  case_id BIGINT NOT NULL,
  PRIMARY KEY (word, case_id)
) $clustered;
CREATE INDEX case_words_case ON case_words (case_id);

-- What has changed since its words were read. All that is there already has.
CREATE TABLE search_pending (
  kind $text NOT NULL,
  id $text NOT NULL,
  PRIMARY KEY (kind, id)
) $clustered;
INSERT INTO search_pending (kind, id) SELECT 'customer', id FROM customers;
INSERT INTO search_pending (kind, id) SELECT 'case', CAST(id AS TEXT) FROM cases;

-- The order of the list of cases, as it is written there, so that no list is sorted to show its beginning.
CREATE INDEX cases_order ON cases ((CASE state WHEN 'New' THEN 0 WHEN 'Working' THEN 0 WHEN 'Waiting' THEN 1 WHEN 'Resolved' THEN 2 ELSE 3 END), class DESC,
  (CASE WHEN reopened > 0 AND state IN ('New', 'Working') THEN 0 ELSE 1 END), late DESC, priority,
  (CASE WHEN next_due_at > 0 THEN 0 ELSE 1 END), next_due_at, severity DESC, opened_at DESC, id DESC);
CREATE INDEX notices_sent ON notices (sent_at);
-- Open faults are found by their device: that they are open is no place to begin.
DROP INDEX faults_cleared;
CREATE INDEX faults_cleared ON faults (cleared_at) WHERE cleared_at > 0;

-- What was said between customers and us. delivery: what another system calls it, with the key that told of it.
CREATE TABLE contacts (
  id $id,
  at BIGINT NOT NULL,
  channel $text NOT NULL,
  inbound $bool NOT NULL,
  customer $text NOT NULL,
  device $text NOT NULL,
  about $text NOT NULL,
  repeated $bool NOT NULL,
  case_id BIGINT NOT NULL,
  outage_id BIGINT NOT NULL,
  reason $text NOT NULL,
  who $text NOT NULL,
  delivery $text NULL UNIQUE
);
CREATE INDEX contacts_customer ON contacts (customer, id);
CREATE INDEX contacts_case ON contacts (case_id, repeated) WHERE case_id > 0;
CREATE INDEX contacts_outage ON contacts (outage_id, repeated) WHERE outage_id > 0;

-- Filters with a name. shared: for everybody, else for its owner.
CREATE TABLE saved_views (
  id $id,
  list $text NOT NULL,
  name $text NOT NULL,
  filter $text NOT NULL,
  owner $text NOT NULL,
  shared $bool NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (list, owner, name)
);
