-- Personal data live in customers and nowhere else.
CREATE TABLE customers (
  id $text NOT NULL PRIMARY KEY,
  name $text NOT NULL,
  email $text NOT NULL,
  phone $text NOT NULL,
  language $text NOT NULL,
  time_zone $text NOT NULL,
  preferred_channel $text NOT NULL,
  address $text NOT NULL,
  place $text NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE devices (
  id $text NOT NULL PRIMARY KEY,
  model $text NOT NULL,
  firmware $text NOT NULL,
  serial $text NOT NULL,
  parent $text NOT NULL,
  segment $text NOT NULL,
  customer $text NOT NULL,
  installed $text NOT NULL,
  warranty_until $text NOT NULL,
  params $text NOT NULL,
  secret_kind $text NOT NULL,
  secret $blob NOT NULL,
  salt $blob NOT NULL,
  registered_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX devices_customer ON devices (customer);
CREATE INDEX devices_segment ON devices (segment);
CREATE INDEX devices_parent ON devices (parent);
CREATE INDEX devices_model ON devices (model);

-- Devices whose change (or removal) the log does not have yet; written with the change, deleted after the log has it.
CREATE TABLE registry_pending (
  device $text NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL
);

CREATE TABLE device_live (
  device $text NOT NULL PRIMARY KEY,
  online $bool NOT NULL,
  online_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL
);

CREATE TABLE rule_sets (
  hash $text NOT NULL PRIMARY KEY,
  files $text NOT NULL,
  activated_at BIGINT NOT NULL,
  activated_by $text NOT NULL
);

CREATE TABLE faults (
  id $id,
  device $text NOT NULL,
  rule $text NOT NULL,
  title $text NOT NULL,
  rule_version $text NOT NULL,
  episode $text NOT NULL,
  kind $text NOT NULL,
  class BIGINT NOT NULL,
  family $text NOT NULL,
  severity BIGINT NOT NULL,
  phase $text NOT NULL,
  raised_at BIGINT NOT NULL,
  onset_at BIGINT NOT NULL,
  cleared_at BIGINT NOT NULL,
  clear_reason $text NOT NULL,
  acknowledged_by $text NOT NULL,
  acknowledged_at BIGINT NOT NULL,
  shelved_by $text NOT NULL,
  shelved_until BIGINT NOT NULL,
  shelve_reason $text NOT NULL,
  suppressed_by $text NOT NULL,
  case_id BIGINT NOT NULL,
  outage_id BIGINT NOT NULL,
  remedy_state $text NOT NULL,
  evidence $text NOT NULL,
  late $bool NOT NULL,
  shadow $bool NOT NULL,
  segment $text NOT NULL,
  customer $text NOT NULL,
  UNIQUE (device, rule, episode)
);
CREATE INDEX faults_open ON faults (device, rule) WHERE cleared_at = 0;
CREATE INDEX faults_case ON faults (case_id);
CREATE INDEX faults_outage ON faults (outage_id);
CREATE INDEX faults_cleared ON faults (cleared_at);

-- Low-rate durable log of what faults did; correlators read it in order of seq.
CREATE TABLE fault_transitions (
  seq $id,
  effect_id $text NOT NULL UNIQUE,
  device $text NOT NULL,
  rule $text NOT NULL,
  episode $text NOT NULL,
  kind $text NOT NULL,
  severity BIGINT NOT NULL,
  segment $text NOT NULL,
  customer $text NOT NULL,
  at BIGINT NOT NULL,
  onset_at BIGINT NOT NULL,
  reason $text NOT NULL
);

CREATE TABLE checkpoints (
  name $text NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  ticked_until BIGINT NOT NULL,
  body $blob NULL
);

CREATE TABLE snapshots (
  stream $text NOT NULL,
  position BIGINT NOT NULL,
  ticked_until BIGINT NOT NULL,
  rules_hash $text NOT NULL,
  format BIGINT NOT NULL,
  body $blob NOT NULL,
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (stream, position)
);

CREATE TABLE cases (
  id $id,
  device $text NOT NULL,
  family $text NOT NULL,
  state $text NOT NULL,
  priority BIGINT NOT NULL,
  queue $text NOT NULL,
  title $text NOT NULL,
  rule $text NOT NULL,
  rule_version $text NOT NULL,
  episode $text NOT NULL,
  severity BIGINT NOT NULL,
  class BIGINT NOT NULL,
  segment $text NOT NULL,
  customer $text NOT NULL,
  opened_at BIGINT NOT NULL,
  onset_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  recurrences BIGINT NOT NULL,
  assignee $text NOT NULL,
  waiting_for $text NOT NULL,
  waiting_until BIGINT NOT NULL,
  waited_ms BIGINT NOT NULL,
  waiting_since_at BIGINT NOT NULL,
  resolved_at BIGINT NOT NULL,
  resolved_by $text NOT NULL,
  closed_at BIGINT NOT NULL,
  disposition $text NOT NULL,
  linked_case BIGINT NOT NULL,
  outage_id BIGINT NOT NULL,
  reopened BIGINT NOT NULL,
  reopen_within_ms BIGINT NOT NULL,
  resolve_after_ms BIGINT NOT NULL,
  clear_since_at BIGINT NOT NULL,
  summary $text NOT NULL,
  next_step $text NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (device, family) WHERE state IN ('New', 'Working', 'Waiting');
CREATE INDEX cases_device ON cases (device, family, id);
CREATE INDEX cases_state ON cases (state, queue);
CREATE INDEX cases_customer ON cases (customer);
CREATE INDEX cases_outage ON cases (outage_id);

CREATE TABLE case_steps (
  id $id,
  case_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  text $text NOT NULL,
  state $text NOT NULL,
  added_by $text NOT NULL,
  done_by $text NOT NULL,
  done_at BIGINT NOT NULL,
  standard $bool NOT NULL
);
CREATE INDEX case_steps_case ON case_steps (case_id, position);

CREATE TABLE timeline (
  id $id,
  subject $text NOT NULL,
  at BIGINT NOT NULL,
  kind $text NOT NULL,
  text $text NOT NULL,
  who $text NOT NULL,
  detail $text NOT NULL,
  effect_id $text NULL UNIQUE
);
CREATE INDEX timeline_subject ON timeline (subject, id);

CREATE TABLE outages (
  id $id,
  rule $text NOT NULL,
  title $text NOT NULL,
  segment $text NOT NULL,
  place $text NOT NULL,
  episode $text NOT NULL,
  state $text NOT NULL,
  revision BIGINT NOT NULL,
  began_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  told_at BIGINT NOT NULL,
  monitoring_at BIGINT NOT NULL,
  resolved_at BIGINT NOT NULL,
  devices BIGINT NOT NULL,
  recovered BIGINT NOT NULL,
  customers BIGINT NOT NULL,
  cause $text NOT NULL,
  workaround $text NOT NULL,
  estimate_from BIGINT NOT NULL,
  estimate_until BIGINT NOT NULL,
  next_update_at BIGINT NOT NULL,
  guard $bool NOT NULL,
  merged_into BIGINT NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (segment, episode)
);
CREATE INDEX outages_state ON outages (state);

CREATE TABLE outage_devices (
  outage_id BIGINT NOT NULL,
  device $text NOT NULL,
  customer $text NOT NULL,
  fault_episode $text NOT NULL,
  down_at BIGINT NOT NULL,
  up_at BIGINT NOT NULL,
  PRIMARY KEY (outage_id, device)
);
CREATE INDEX outage_devices_device ON outage_devices (device);
CREATE INDEX outage_devices_customer ON outage_devices (customer);

CREATE TABLE dues (
  id $id,
  device $text NOT NULL,
  customer $text NOT NULL,
  rule $text NOT NULL,
  title $text NOT NULL,
  cycle BIGINT NOT NULL,
  state $text NOT NULL,
  used $real NOT NULL,
  every $real NOT NULL,
  unit $text NOT NULL,
  tell_at $real NOT NULL,
  forecast_from BIGINT NOT NULL,
  forecast_until BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  told_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  done_by $text NOT NULL,
  changed_at BIGINT NOT NULL,
  effect_id $text NOT NULL,
  UNIQUE (device, rule, cycle)
);
CREATE INDEX dues_state ON dues (state);
CREATE INDEX dues_customer ON dues (customer);

CREATE TABLE outbox (
  id $id,
  effect_id $text NOT NULL UNIQUE,
  kind $text NOT NULL,
  subject $text NOT NULL,
  due_at BIGINT NOT NULL,
  body $text NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  result $text NOT NULL
);
CREATE INDEX outbox_open ON outbox (due_at, id) WHERE done_at = 0;
CREATE INDEX outbox_done ON outbox (done_at);

CREATE TABLE notices (
  id $text NOT NULL PRIMARY KEY,
  customer $text NOT NULL,
  subject $text NOT NULL,
  episode $text NOT NULL,
  status $text NOT NULL,
  revision BIGINT NOT NULL,
  channel $text NOT NULL,
  template $text NOT NULL,
  language $text NOT NULL,
  facts $text NOT NULL,
  state $text NOT NULL,
  reason $text NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  last_error $text NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (customer, subject, episode, status, revision, channel)
);
CREATE INDEX notices_next ON notices (state, next_attempt_at);
CREATE INDEX notices_subject ON notices (subject, created_at);
CREATE INDEX notices_created ON notices (created_at);

CREATE TABLE commands (
  id $text NOT NULL PRIMARY KEY,
  device $text NOT NULL,
  name $text NOT NULL,
  args $text NOT NULL,
  state $text NOT NULL,
  requested_by $text NOT NULL,
  rule $text NOT NULL,
  episode $text NOT NULL,
  reason $text NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  delivered_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  answer $text NOT NULL,
  verdict_at BIGINT NOT NULL
);
CREATE INDEX commands_device ON commands (device, created_at);
CREATE INDEX commands_state ON commands (state);
CREATE INDEX commands_created ON commands (created_at);

CREATE TABLE heals (
  id $id,
  device $text NOT NULL,
  rule $text NOT NULL,
  episode $text NOT NULL,
  command_id $text NOT NULL,
  at BIGINT NOT NULL,
  customer $text NOT NULL,
  UNIQUE (device, rule, episode)
);
CREATE INDEX heals_at ON heals (at);

CREATE TABLE own_alarms (
  id $id,
  key $text NOT NULL UNIQUE,
  kind $text NOT NULL,
  since_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  detail $text NOT NULL,
  seen_by $text NOT NULL
);

CREATE TABLE settings (
  key $text NOT NULL PRIMARY KEY,
  value $text NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by $text NOT NULL
);

CREATE TABLE api_keys (
  id $text NOT NULL PRIMARY KEY,
  name $text NOT NULL,
  hash $blob NOT NULL,
  scope $text NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE users (
  name $text NOT NULL PRIMARY KEY,
  hash $blob NOT NULL,
  salt $blob NOT NULL,
  role $text NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE audit (
  seq $id,
  at BIGINT NOT NULL,
  who $text NOT NULL,
  action $text NOT NULL,
  subject $text NOT NULL,
  detail $text NOT NULL,
  prev $blob NOT NULL,
  hash $blob NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
-- sqlite only
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- postgres only
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $refuse$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $refuse$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
-- both
