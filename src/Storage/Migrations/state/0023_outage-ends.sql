-- Who said of an outage that it is still broken for them: asked for each outage when it ends.
CREATE INDEX customer_links_broken ON customer_links (subject, id) WHERE said = 'Broken' AND ended_at = 0;

-- The time of the next word that customers were told last.
ALTER TABLE outages ADD COLUMN told_next_update_at BIGINT NOT NULL DEFAULT 0;
UPDATE outages SET told_next_update_at = next_update_at WHERE state <> 'Resolved' AND told_at > 0;
