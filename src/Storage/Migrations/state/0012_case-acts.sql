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
