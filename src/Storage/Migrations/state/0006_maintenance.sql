-- Until when people work on a device, and the maintenance that says so; 0: never yet.
ALTER TABLE devices ADD COLUMN maintenance_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN maintenance BIGINT NOT NULL DEFAULT 0;
CREATE INDEX devices_maintenance ON devices (maintenance) WHERE maintenance > 0;

-- Planned work on devices.
CREATE TABLE maintenance (
  id $id,
  title $text NOT NULL,
  reason $text NOT NULL,
  person $text NOT NULL,
  scope $text NOT NULL,
  target $text NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  hours $text NOT NULL,
  state $text NOT NULL,
  running_until BIGINT NOT NULL,
  looked_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_by $text NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX maintenance_state ON maintenance (state);
