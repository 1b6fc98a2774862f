-- The partition logs: one append-only table, its number is the offset. Numbers are given by the one writer and never used twice.
CREATE TABLE entries (
  "offset" BIGINT NOT NULL,
  partition BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  format BIGINT NOT NULL,
  body $blob NOT NULL,
  PRIMARY KEY ("offset")
) $clustered;

CREATE TABLE dead_letters (
  id $id,
  at BIGINT NOT NULL,
  device $text NOT NULL,
  topic $text NOT NULL,
  reason $text NOT NULL,
  detail $text NOT NULL,
  payload $blob NOT NULL,
  size BIGINT NOT NULL
);
CREATE INDEX dead_letters_reason ON dead_letters (reason);

-- One row: until when no later entry can come, and the last offset given (it outlives retention).
CREATE TABLE heartbeat (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  last_offset BIGINT NOT NULL
);
INSERT INTO heartbeat (id, at, last_offset) VALUES (1, 0, 0);
