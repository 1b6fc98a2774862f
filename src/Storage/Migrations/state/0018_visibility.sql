-- What users and keys see: names of queues and paths of segments, one a line; empty: all.
ALTER TABLE users ADD COLUMN queues $text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN segments $text NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN queues $text NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN segments $text NOT NULL DEFAULT '';

-- Customers who were erased: which of their cases have words that people wrote (one number a line), until somebody has read them.
CREATE TABLE erasures (
  id $id,
  customer $text NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  who $text NOT NULL,
  reason $text NOT NULL,
  cases $text NOT NULL,
  reviewed_by $text NOT NULL,
  reviewed_at BIGINT NOT NULL
);
CREATE INDEX erasures_open ON erasures (id) WHERE reviewed_at = 0;
CREATE INDEX grants_customer ON grants (customer);
CREATE INDEX faults_customer ON faults (customer);

-- Since when a device is its owner's; 0: as far back as is known. What was before is not for them.
ALTER TABLE devices ADD COLUMN owner_since BIGINT NOT NULL DEFAULT 0;
UPDATE devices SET owner_since = (SELECT max(o.at) FROM owner_changes o WHERE o.device = devices.id) WHERE EXISTS (SELECT 1 FROM owner_changes o WHERE o.device = devices.id);

-- A contract of the device's own, with its first and its last day; empty: none, without beginning, without end. It goes before its owner's.
ALTER TABLE devices ADD COLUMN contract $text NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN contract_from $text NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN contract_until $text NOT NULL DEFAULT '';

-- A fault that was healed so often that a person has to look.
ALTER TABLE cases ADD COLUMN chronic $bool NOT NULL DEFAULT FALSE;
UPDATE cases SET chronic = TRUE WHERE 3 <= (
  SELECT count(*) FROM heals h WHERE h.device = cases.device AND h.rule = cases.rule AND h.at <= cases.opened_at AND h.at > cases.opened_at - 1209600000);
