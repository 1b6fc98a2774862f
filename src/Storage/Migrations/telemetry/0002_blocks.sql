-- Readings stand in blocks from here on. What 0001 has of them (readings, latest, duplicates) is taken over by the program and is empty afterwards.
CREATE TABLE blocks (
-- sqlite only
  id INTEGER PRIMARY KEY,
-- postgres only
  id $id,
-- both
  device_key BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  first_server_at BIGINT NOT NULL,
  last_server_at BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  readings BIGINT NOT NULL,
  first_offset BIGINT NOT NULL,
  last_offset BIGINT NOT NULL,
  -- 0: every reading; else those that matter of each stretch of so many milliseconds
  resolution BIGINT NOT NULL,
  body $blob NOT NULL
);
CREATE INDEX blocks_device ON blocks (device_key, last_at, first_at);
-- Retention and down-sampling run on arrival time.
CREATE INDEX blocks_arrived ON blocks (resolution, last_server_at);

-- What is known of a device: the last value of each metric, and counts.
CREATE TABLE heads (
  device_key BIGINT NOT NULL PRIMARY KEY,
  heard_at BIGINT NOT NULL,
  event_at BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  small_blocks BIGINT NOT NULL,
  body $blob NOT NULL
) $clustered;

-- A partition at one position of the log: the lane's memory, and counts of everything stored up to there.
CREATE TABLE lanes (
  "partition" BIGINT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  readings BIGINT NOT NULL,
  events BIGINT NOT NULL,
  duplicate_readings BIGINT NOT NULL,
  duplicate_events BIGINT NOT NULL,
  format BIGINT NOT NULL,
  body $blob NOT NULL
);
