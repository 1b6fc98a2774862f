-- Customers' pages: with the nonce and the key both the token and the code can be made again; neither stands here. ended_at 0: not before ends_at.
-- said: what the customer said last of it (broken, works), or nothing.
CREATE TABLE customer_links (
  id $id,
  customer $text NOT NULL,
  subject $text NOT NULL,
  nonce $text NOT NULL,
  code_kept $text NOT NULL UNIQUE,
  made_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  ended_why $text NOT NULL,
  said $text NOT NULL,
  said_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_links_live ON customer_links (customer, subject) WHERE ended_at = 0;
CREATE INDEX customer_links_ends ON customer_links (ends_at);

-- Times at which visits can be made. That no place is given twice is the database's own promise.
CREATE TABLE slots (
  id $id,
  place $text NOT NULL,
  segment $text NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  capacity BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  who $text NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK (taken >= 0 AND taken <= capacity)
);
CREATE INDEX slots_start ON slots (start_at);

-- Places in slots that customers took; at most one for each case that was not given back.
CREATE TABLE visits (
  id $id,
  slot_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  customer $text NOT NULL,
  made_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  ended_why $text NOT NULL
);
CREATE UNIQUE INDEX visits_live ON visits (case_id) WHERE ended_at = 0;
CREATE INDEX visits_slot ON visits (slot_id, id);
CREATE INDEX visits_customer ON visits (customer, id);

-- How hard it was: one question for each case. answered_at 0: not answered.
CREATE TABLE surveys (
  case_id BIGINT NOT NULL PRIMARY KEY,
  customer $text NOT NULL,
  asked_at BIGINT NOT NULL,
  score BIGINT NOT NULL,
  words $text NOT NULL,
  answered_at BIGINT NOT NULL
) $clustered;
CREATE INDEX surveys_customer ON surveys (customer, asked_at);
CREATE INDEX surveys_answered ON surveys (answered_at) WHERE answered_at > 0;

-- Who wants to hear of the outages of a place, without being a customer. confirmed_at 0: they have not confirmed it yet. Who ends it is deleted.
CREATE TABLE subscriptions (
  id $id,
  email $text NOT NULL,
  place $text NOT NULL,
  place_folded $text NOT NULL,
  language $text NOT NULL,
  nonce $text NOT NULL,
  mails BIGINT NOT NULL,
  mailed_at BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  UNIQUE (email, place_folded)
);
CREATE INDEX subscriptions_place ON subscriptions (place_folded);
CREATE INDEX subscriptions_mailed ON subscriptions (mailed_at);
