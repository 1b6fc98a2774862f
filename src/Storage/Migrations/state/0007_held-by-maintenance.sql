-- What would be a fault but for people who work on the device. Until when and by which maintenance stands in the device's row.
CREATE TABLE held_faults (
  id $id,
  device $text NOT NULL,
  rule $text NOT NULL,
  episode $text NOT NULL,
  title $text NOT NULL,
  class BIGINT NOT NULL,
  severity BIGINT NOT NULL,
  onset_at BIGINT NOT NULL,
  held_at BIGINT NOT NULL,
  segment $text NOT NULL,
  customer $text NOT NULL,
  UNIQUE (device, rule)
);

-- Open faults of which nobody hears for a time are listed.
CREATE INDEX faults_shelved ON faults (shelved_until) WHERE cleared_at = 0 AND shelved_until > 0;
