-- Faults that something else tells of are looked at every second.
CREATE INDEX faults_held ON faults (suppressed_by, id) WHERE cleared_at = 0 AND suppressed_by <> '';
