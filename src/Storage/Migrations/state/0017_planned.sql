-- Planned work that customers feel: what does not work meanwhile and why in their words, what still does, channels that are down (bits), and where.
-- revision: how often people changed it. why: the last change explained. change_at: when it is told (0: nothing waits). look_at: when it is looked at who is
-- to hear what (0: nobody any more). told_at, reminded_at, overrun_at: when customers first heard of it, were reminded, and heard that it takes longer.
ALTER TABLE maintenance ADD COLUMN felt $bool NOT NULL DEFAULT FALSE;
ALTER TABLE maintenance ADD COLUMN words $text NOT NULL DEFAULT '';
ALTER TABLE maintenance ADD COLUMN cause $text NOT NULL DEFAULT '';
ALTER TABLE maintenance ADD COLUMN still_works $text NOT NULL DEFAULT '';
ALTER TABLE maintenance ADD COLUMN takes_down BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenance ADD COLUMN place $text NOT NULL DEFAULT '';
ALTER TABLE maintenance ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE maintenance ADD COLUMN why $text NOT NULL DEFAULT '';
ALTER TABLE maintenance ADD COLUMN change_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenance ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenance ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenance ADD COLUMN reminded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenance ADD COLUMN overrun_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX maintenance_look ON maintenance (look_at) WHERE look_at > 0;

-- What each customer holds of planned work. lead: under whose number it is told, where several are told as one; held: its times as the customer knows them.
CREATE TABLE planned_tellings (
  maintenance BIGINT NOT NULL,
  customer $text NOT NULL,
  lead BIGINT NOT NULL,
  state $text NOT NULL,
  held $text NOT NULL,
  told_at BIGINT NOT NULL,
  reminded_at BIGINT NOT NULL,
  late_at BIGINT NOT NULL,
  PRIMARY KEY (maintenance, customer)
) $clustered;
CREATE INDEX planned_tellings_customer ON planned_tellings (customer, lead);

-- The review of an outage that is over, and what it found and what is to be done. due_at: until when.
CREATE TABLE outage_reviews (
  outage_id BIGINT NOT NULL PRIMARY KEY,
  state $text NOT NULL,
  owner $text NOT NULL,
  opened_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  done_by $text NOT NULL,
  version BIGINT NOT NULL
) $clustered;
CREATE INDEX outage_reviews_due ON outage_reviews (due_at) WHERE state = 'Open';

CREATE TABLE review_notes (
  id $id,
  outage_id BIGINT NOT NULL,
  kind $text NOT NULL,
  text $text NOT NULL,
  owner $text NOT NULL,
  due_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  done_by $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX review_notes_outage ON review_notes (outage_id, id);
