-- Whose a complaint and a hand-off are: they stay theirs where the case goes over with its device to the next owner. What is there is of whoever had the case
-- then: as the first line after it says from whom the case went over, else as the case itself.
ALTER TABLE complaints ADD COLUMN customer $text NOT NULL DEFAULT '';
ALTER TABLE case_handoffs ADD COLUMN customer $text NOT NULL DEFAULT '';
-- sqlite only
UPDATE complaints SET customer = coalesce(
  (SELECT json_extract(o.detail, '$.from') FROM timeline o WHERE o.subject = 'case:' || complaints.case_id AND o.kind = 'owner' AND o.at >= complaints.raised_at ORDER BY o.id LIMIT 1),
  (SELECT c.customer FROM cases c WHERE c.id = complaints.case_id), '');
UPDATE case_handoffs SET customer = coalesce(
  (SELECT json_extract(o.detail, '$.from') FROM timeline o WHERE o.subject = 'case:' || case_handoffs.case_id AND o.kind = 'owner' AND o.at >= case_handoffs.at ORDER BY o.id LIMIT 1),
  (SELECT c.customer FROM cases c WHERE c.id = case_handoffs.case_id), '');
-- postgres only
UPDATE complaints SET customer = coalesce(
  (SELECT o.detail::json->>'from' FROM timeline o WHERE o.subject = 'case:' || complaints.case_id AND o.kind = 'owner' AND o.at >= complaints.raised_at ORDER BY o.id LIMIT 1),
  (SELECT c.customer FROM cases c WHERE c.id = complaints.case_id), '');
UPDATE case_handoffs SET customer = coalesce(
  (SELECT o.detail::json->>'from' FROM timeline o WHERE o.subject = 'case:' || case_handoffs.case_id AND o.kind = 'owner' AND o.at >= case_handoffs.at ORDER BY o.id LIMIT 1),
  (SELECT c.customer FROM cases c WHERE c.id = case_handoffs.case_id), '');
-- both
CREATE INDEX complaints_customer ON complaints (customer);
CREATE INDEX case_handoffs_customer ON case_handoffs (customer);

-- Looked for by customer before somebody is erased.
CREATE INDEX customer_links_customer ON customer_links (customer);
CREATE INDEX held_faults_customer ON held_faults (customer);
CREATE INDEX heals_customer ON heals (customer);
CREATE INDEX fault_transitions_customer ON fault_transitions (customer);

-- Words of hand-offs stand in case_handoffs alone, where they can be taken out. Those from before there was this table come into it where the case has none there.
-- sqlite only
INSERT INTO case_handoffs (case_id, customer, at, from_who, to_who, finished, still_open, promised, read_by, read_at)
SELECT c.id, c.customer, t.at, t.who, coalesce(json_extract(t.detail, '$.To'), ''), coalesce(json_extract(t.detail, '$.Finished'), ''), coalesce(json_extract(t.detail, '$.Open'), ''), coalesce(json_extract(t.detail, '$.Promised'), ''), '', t.at
FROM timeline t JOIN cases c ON c.id = CAST(substr(t.subject, 6) AS BIGINT) WHERE t.kind = 'handoff' AND NOT EXISTS (SELECT 1 FROM case_handoffs h WHERE h.case_id = c.id) ORDER BY t.id;
-- postgres only
INSERT INTO case_handoffs (case_id, customer, at, from_who, to_who, finished, still_open, promised, read_by, read_at)
SELECT c.id, c.customer, t.at, t.who, coalesce(t.detail::json->>'To', ''), coalesce(t.detail::json->>'Finished', ''), coalesce(t.detail::json->>'Open', ''), coalesce(t.detail::json->>'Promised', ''), '', t.at
FROM timeline t JOIN cases c ON c.id = CAST(substr(t.subject, 6) AS BIGINT) WHERE t.kind = 'handoff' AND NOT EXISTS (SELECT 1 FROM case_handoffs h WHERE h.case_id = c.id) ORDER BY t.id;
-- both
UPDATE timeline SET detail = '{}' WHERE kind = 'handoff';

-- What customers said of an outage is theirs by name.
-- sqlite only
UPDATE timeline SET detail = json_object('customer', substr(text, 1, instr(text, ' says that ') - 1)) WHERE kind = 'customer' AND detail = '{}' AND subject LIKE 'outage:%' AND text LIKE '% says that %';
-- postgres only
UPDATE timeline SET detail = json_build_object('customer', split_part(text, ' says that ', 1))::text WHERE kind = 'customer' AND detail = '{}' AND subject LIKE 'outage:%' AND text LIKE '% says that %';
-- both

-- Mail servers name the address in what they say: their words go where one stands, also from what other systems were told.
UPDATE bounces SET reason = '' WHERE reason LIKE '%@%';
UPDATE customers SET email_bad_why = '' WHERE email_bad_why LIKE '%@%';
UPDATE notices SET last_error = 'came back' WHERE last_error LIKE 'came back:%@%';
UPDATE notices SET last_error = 'delayed' WHERE last_error LIKE 'delayed:%@%';
-- sqlite only
UPDATE webhook_deliveries SET data = json_set(data, '$.error', 'came back') WHERE type = 'notice.failed' AND json_extract(data, '$.error') LIKE '%@%';
-- postgres only
UPDATE webhook_deliveries SET data = jsonb_set(data::jsonb, '{error}', '"came back"')::text WHERE type = 'notice.failed' AND data::json->>'error' LIKE '%@%';
-- both

-- That somebody moved, died or sent a device back is nothing about whoever has it after them.
UPDATE outside_facts SET until_at = from_at WHERE subject LIKE 'device:%'
  AND EXISTS (SELECT 1 FROM devices d WHERE d.id = substr(outside_facts.subject, 8) AND d.owner_since > outside_facts.created_at);
