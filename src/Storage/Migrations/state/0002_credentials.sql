-- What devices sign in with besides the password in devices: certificates by thumbprint, keys of shared-access signatures (encrypted).
CREATE TABLE device_credentials (
  device $text NOT NULL,
  kind $text NOT NULL,
  name $text NOT NULL,
  sealed $blob NOT NULL,
  revoked_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (device, kind, name)
);
CREATE UNIQUE INDEX device_credentials_thumbprint ON device_credentials (name) WHERE kind = 'certificate' AND revoked_at = 0;

-- Keys with which devices that nobody has registered yet may ask to be.
CREATE TABLE enrolment_groups (
  name $text NOT NULL PRIMARY KEY,
  model $text NOT NULL,
  segment $text NOT NULL,
  by_policy $bool NOT NULL,
  sealed $blob NOT NULL,
  created_at BIGINT NOT NULL,
  created_by $text NOT NULL
);

-- Devices that asked.
CREATE TABLE enrolments (
  id $id,
  device $text NOT NULL UNIQUE,
  fleet $text NOT NULL,
  state $text NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_from $text NOT NULL,
  decided_at BIGINT NOT NULL,
  decided_by $text NOT NULL,
  issued_at BIGINT NOT NULL
);
CREATE INDEX enrolments_state ON enrolments (state, id);
