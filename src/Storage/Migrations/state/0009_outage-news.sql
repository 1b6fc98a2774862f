-- When what people wrote of an outage goes to those who were told (0: nothing waits), the time that a person chose for the next word (0: none),
-- and the estimate that customers were told last.
ALTER TABLE outages ADD COLUMN news_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outages ADD COLUMN chosen_update_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outages ADD COLUMN told_estimate_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outages ADD COLUMN told_estimate_until BIGINT NOT NULL DEFAULT 0;
UPDATE outages SET told_estimate_from = estimate_from, told_estimate_until = estimate_until WHERE told_at > 0;
