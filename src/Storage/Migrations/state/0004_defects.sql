-- What a device did before it got its firmware is not that firmware's fault; 0: it had it as far back as is known.
ALTER TABLE devices ADD COLUMN firmware_since BIGINT NOT NULL DEFAULT 0;

-- The same fault among the devices of one model, firmware or serial batch.
CREATE TABLE defects (
  id $id,
  rule $text NOT NULL,
  title $text NOT NULL,
  rule_version $text NOT NULL,
  faults $text NOT NULL,
  dimension $text NOT NULL,
  model $text NOT NULL,
  part $text NOT NULL,
  batch_characters BIGINT NOT NULL,
  state $text NOT NULL,
  reason $text NOT NULL,
  opened_at BIGINT NOT NULL,
  below_since_at BIGINT NOT NULL,
  over_at BIGINT NOT NULL,
  counted_at BIGINT NOT NULL,
  within_ms BIGINT NOT NULL,
  least_devices BIGINT NOT NULL,
  rate_ratio $real NOT NULL,
  confidence $real NOT NULL,
  devices BIGINT NOT NULL,
  faulty BIGINT NOT NULL,
  other_devices BIGINT NOT NULL,
  other_faulty BIGINT NOT NULL,
  at_least $real NOT NULL,
  beside $text NOT NULL,
  part_of BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX defects_one_open ON defects (rule, dimension, model, part) WHERE state <> 'Over';
CREATE INDEX defects_state ON defects (state);
