-- Who said of an outage that it is still broken for them: asked for each outage when it ends.
CREATE INDEX customer_links_broken ON customer_links (subject, id) WHERE said = 'Broken' AND ended_at = 0;
