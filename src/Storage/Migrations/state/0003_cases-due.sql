-- Cases that wait for time to pass are found without looking at every open one.
CREATE INDEX cases_clearing ON cases ((clear_since_at + resolve_after_ms))
  WHERE state IN ('New', 'Working', 'Waiting') AND clear_since_at > 0 AND resolve_after_ms > 0;
CREATE INDEX cases_waiting ON cases (waiting_until) WHERE state = 'Waiting' AND waiting_until > 0;
