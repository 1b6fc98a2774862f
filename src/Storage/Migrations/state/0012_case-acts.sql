-- What agents leave to each other, and whether the next one has read it; cases know when the unread one was written (0: none).
CREATE TABLE case_handoffs (
  id $id,
  case_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  from_who $text NOT NULL,
  to_who $text NOT NULL,
  finished $text NOT NULL,
  still_open $text NOT NULL,
  promised $text NOT NULL,
  read_by $text NOT NULL,
  read_at BIGINT NOT NULL
);
CREATE INDEX case_handoffs_case ON case_handoffs (case_id, id);
ALTER TABLE cases ADD COLUMN handed_at BIGINT NOT NULL DEFAULT 0;

-- Steps that worked, proposed as the standard ones of a rule and model. States: Proposed, Accepted, Declined, TakenBack.
CREATE TABLE standard_steps (
  id $id,
  rule $text NOT NULL,
  model $text NOT NULL,
  text $text NOT NULL,
  state $text NOT NULL,
  case_id BIGINT NOT NULL,
  proposed_by $text NOT NULL,
  proposed_at BIGINT NOT NULL,
  decided_by $text NOT NULL,
  decided_at BIGINT NOT NULL
);
CREATE INDEX standard_steps_rule ON standard_steps (rule, model);
CREATE INDEX cases_rule ON cases (rule, id);

-- The next word that a customer was promised of a case (0: none) and about what, how often B2D had to say that there is no news, and how many words were written in all.
ALTER TABLE cases ADD COLUMN word_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN word_what $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN word_missed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN words BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_word ON cases (word_at) WHERE word_at > 0;

-- The case that this one was merged into (0: none), and what people linked cases to: case:3, outage:2, defect:1.
ALTER TABLE cases ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into > 0;
CREATE TABLE case_links (
  id $id,
  case_id BIGINT NOT NULL,
  subject $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX case_links_case ON case_links (case_id, subject);
CREATE INDEX case_links_subject ON case_links (subject);

-- "This should not have reached me": with the rule as it was then; what came of it (empty: nothing yet) and when whoever said it has seen that.
CREATE TABLE objections (
  id $id,
  case_id BIGINT NOT NULL,
  rule $text NOT NULL,
  rule_version $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL,
  reason $text NOT NULL,
  text $text NOT NULL,
  outcome $text NOT NULL,
  answered_by $text NOT NULL,
  answered_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX objections_case ON objections (case_id, who);
CREATE INDEX objections_rule ON objections (rule);
CREATE INDEX objections_who ON objections (who) WHERE seen_at = 0;

-- What makes a customer depend on it (a telecare line), kept with their consent until a last day; empty: nothing. Their cases know, so that they stand first.
ALTER TABLE customers ADD COLUMN care $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN care_until $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN care_by $text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN care $bool NOT NULL DEFAULT FALSE;
CREATE INDEX customers_care ON customers (care_until) WHERE care_until <> '';

-- Complaints: at most one open on a case, which knows by when something is owed next (0: none is open) and whether it is late.
CREATE TABLE complaints (
  id $id,
  case_id BIGINT NOT NULL,
  text $text NOT NULL,
  owner $text NOT NULL,
  raised_by $text NOT NULL,
  raised_at BIGINT NOT NULL,
  acknowledge_by BIGINT NOT NULL,
  acknowledged_at BIGINT NOT NULL,
  answer_by BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  answered_by $text NOT NULL,
  escalated_at BIGINT NOT NULL,
  escalated_to $text NOT NULL
);
CREATE UNIQUE INDEX complaints_open ON complaints (case_id) WHERE answered_at = 0;
CREATE INDEX complaints_case ON complaints (case_id, id);
ALTER TABLE cases ADD COLUMN complaint_due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN complaint_late $bool NOT NULL DEFAULT FALSE;
CREATE INDEX cases_complaint ON cases (complaint_due_at) WHERE complaint_due_at > 0;

-- What customers were given as goodwill: kind Money or Days; states Granted, ToReview, Reviewed, Objected, Asked, Refused.
CREATE TABLE grants (
  id $id,
  case_id BIGINT NOT NULL,
  customer $text NOT NULL,
  kind $text NOT NULL,
  amount BIGINT NOT NULL,
  unit $text NOT NULL,
  reason $text NOT NULL,
  state $text NOT NULL,
  who $text NOT NULL,
  role $text NOT NULL,
  at BIGINT NOT NULL,
  decided_by $text NOT NULL,
  decided_at BIGINT NOT NULL
);
CREATE INDEX grants_case ON grants (case_id, id);
CREATE INDEX grants_state ON grants (state, id);
