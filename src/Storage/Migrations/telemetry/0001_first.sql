CREATE TABLE device_keys (
  id BIGINT NOT NULL PRIMARY KEY,
  name $text NOT NULL UNIQUE
);
CREATE TABLE metric_keys (
  id BIGINT NOT NULL PRIMARY KEY,
  name $text NOT NULL UNIQUE
);

CREATE TABLE readings (
  device_key BIGINT NOT NULL,
  metric_key BIGINT NOT NULL,
  at BIGINT NOT NULL,
  value $blob NOT NULL,
  "offset" BIGINT NOT NULL,
  server_at BIGINT NOT NULL,
  PRIMARY KEY (device_key, metric_key, at, value)
) $clustered;
-- Retention runs on arrival time.
CREATE INDEX readings_server_at ON readings (server_at);

CREATE TABLE device_events (
  device_key BIGINT NOT NULL,
  code $text NOT NULL,
  state BIGINT NOT NULL,
  at BIGINT NOT NULL,
  "offset" BIGINT NOT NULL,
  server_at BIGINT NOT NULL,
  PRIMARY KEY (device_key, code, state, at)
) $clustered;
CREATE INDEX device_events_at ON device_events (device_key, at);
CREATE INDEX device_events_server_at ON device_events (server_at);

CREATE TABLE latest (
  device_key BIGINT NOT NULL,
  metric_key BIGINT NOT NULL,
  at BIGINT NOT NULL,
  value $blob NOT NULL,
  server_at BIGINT NOT NULL,
  PRIMARY KEY (device_key, metric_key)
) $clustered;

-- What was sent again: one row for each entry and metric (0 for an event), so that a repeated run counts it once.
CREATE TABLE duplicates (
  "offset" BIGINT NOT NULL,
  metric_key BIGINT NOT NULL,
  device_key BIGINT NOT NULL,
  server_at BIGINT NOT NULL,
  PRIMARY KEY ("offset", metric_key)
) $clustered;
CREATE INDEX duplicates_device ON duplicates (device_key);
CREATE INDEX duplicates_server_at ON duplicates (server_at);

-- Counts that outlive retention, and 'last-offset', the highest offset arranged.
CREATE TABLE hits (
  kind $text NOT NULL PRIMARY KEY,
  count BIGINT NOT NULL
);
