-- Notices that are to be sent, by when each may leave: whoever sends looks thousands of times while an outage is told.
CREATE INDEX notices_leave ON notices ((CASE WHEN due_at > next_attempt_at THEN due_at ELSE next_attempt_at END), created_at, id) WHERE state IN ('Due', 'Retrying', 'Sending');
