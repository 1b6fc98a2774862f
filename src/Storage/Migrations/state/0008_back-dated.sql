-- When a fault was over by the device's clock (0: not known), and whether it was found in readings that came too late.
ALTER TABLE faults ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE faults ADD COLUMN back_dated $bool NOT NULL DEFAULT FALSE;
CREATE INDEX faults_back_dated ON faults (id) WHERE cleared_at = 0 AND back_dated = TRUE;

-- Messages that came too late to be evaluated as they came, until a back-dated pass has looked at them.
CREATE TABLE late_messages (
  device $text NOT NULL,
  at BIGINT NOT NULL,
  delayed $bool NOT NULL,
  entry BIGINT NOT NULL,
  PRIMARY KEY (device, at, delayed)
) $clustered;

-- Their devices.
CREATE TABLE late_devices (
  device $text NOT NULL PRIMARY KEY,
  first_heard_at BIGINT NOT NULL,
  heard_at BIGINT NOT NULL,
  entry BIGINT NOT NULL,
  looked $bool NOT NULL
) $clustered;
CREATE INDEX late_devices_heard ON late_devices (heard_at);
