-- A customer's contract, and its last day; empty: none, without end.
ALTER TABLE customers ADD COLUMN contract $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN contract_until $text NOT NULL DEFAULT '';

-- What is promised of a case.
ALTER TABLE cases ADD COLUMN contract $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN respond_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN repair_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN hours $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN from_opening $bool NOT NULL DEFAULT FALSE;

-- How its clocks stand: what they are counted from stands in case_waits, so that these can be counted anew.
ALTER TABLE cases ADD COLUMN responded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN responded_by $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN response_due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN repair_due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN next_due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN late $bool NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN clock_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN response_said BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN repair_said BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN escalated_at BIGINT NOT NULL DEFAULT 0;

-- Whether the customer is asked before it resolves by itself, and since when somebody is to ask.
ALTER TABLE cases ADD COLUMN waiting_kind $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN ask_first $bool NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;

-- Each time in which the clocks of a case stood still; 0: it still does.
CREATE TABLE case_waits (
  id $id,
  case_id BIGINT NOT NULL,
  kind $text NOT NULL,
  waiting_for $text NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  who $text NOT NULL
);
CREATE INDEX case_waits_case ON case_waits (case_id, id);

-- Of earlier waits only their sum is known: it counts as from the opening on.
INSERT INTO case_waits (case_id, kind, waiting_for, from_at, until_at, who)
  SELECT id, 'third-party', '', opened_at, opened_at + waited_ms, '' FROM cases WHERE waited_ms > 0;
INSERT INTO case_waits (case_id, kind, waiting_for, from_at, until_at, who)
  SELECT id, 'third-party', waiting_for, waiting_since_at, 0, '' FROM cases WHERE waiting_since_at > 0;
UPDATE cases SET waiting_kind = 'third-party' WHERE state = 'Waiting';
ALTER TABLE cases DROP COLUMN waited_ms;

DROP INDEX cases_clearing;
CREATE INDEX cases_clearing ON cases ((clear_since_at + resolve_after_ms))
  WHERE state IN ('New', 'Working', 'Waiting') AND clear_since_at > 0 AND resolve_after_ms > 0 AND asked_at = 0;
CREATE INDEX cases_clock ON cases (clock_at) WHERE clock_at > 0;
CREATE INDEX cases_late ON cases (id) WHERE late = TRUE;
