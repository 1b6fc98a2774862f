-- Texts of notices that operators wrote: each save is a new version, none is ever changed. An empty channel: for every channel.
CREATE TABLE templates (
  id $id,
  name $text NOT NULL,
  language $text NOT NULL,
  channel $text NOT NULL,
  version BIGINT NOT NULL,
  subject $text NOT NULL,
  text $text NOT NULL,
  who $text NOT NULL,
  why $text NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (name, language, channel, version)
);

-- Which of them is sent; version 0: the program's own.
CREATE TABLE templates_live (
  name $text NOT NULL,
  language $text NOT NULL,
  channel $text NOT NULL,
  version BIGINT NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (name, language, channel)
) $clustered;

-- What a customer was told word for word, and the version it was made of. Not in the ledger, since words may name people: they go when the customer is erased.
CREATE TABLE notice_words (
  notice $text NOT NULL PRIMARY KEY,
  customer $text NOT NULL,
  subject $text NOT NULL,
  text $text NOT NULL,
  template $text NOT NULL,
  language $text NOT NULL,
  channel $text NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL
) $clustered;
CREATE INDEX notice_words_customer ON notice_words (customer);

-- The address that mail came back from for good, when and why; it is not used while it is still the customer's.
ALTER TABLE customers ADD COLUMN email_bad $text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN email_bad_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN email_bad_why $text NOT NULL DEFAULT '';

-- What mail servers reported of notices, each thing once.
CREATE TABLE bounces (
  notice $text NOT NULL,
  kind $text NOT NULL,
  status $text NOT NULL,
  reason $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (notice, kind)
) $clustered;

-- Other systems that want to know, and what is on its way to each; events: types with a blank before and after each. A delivery stands in the transaction of
-- what it tells; created_at 0: since this very moment.
CREATE TABLE webhook_receivers (
  id $id,
  name $text NOT NULL,
  url $text NOT NULL,
  secret $blob NOT NULL,
  events $text NOT NULL,
  state $text NOT NULL,
  reason $text NOT NULL,
  failures BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  last_ok_at BIGINT NOT NULL,
  last_error $text NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE webhook_deliveries (
  id $id,
  receiver BIGINT NOT NULL,
  message_id $text NOT NULL,
  type $text NOT NULL,
  subject $text NOT NULL,
  data $text NOT NULL,
  state $text NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  last_error $text NOT NULL,
  UNIQUE (receiver, message_id)
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (receiver, subject, id) WHERE state = 'Waiting';
CREATE INDEX webhook_deliveries_new ON webhook_deliveries (id) WHERE created_at = 0;
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);

-- Somebody whom a customer named, and who agreed, to be told too of danger and of what the customer depends on.
CREATE TABLE carers (
  customer $text NOT NULL PRIMARY KEY,
  name $text NOT NULL,
  email $text NOT NULL,
  phone $text NOT NULL,
  phone_reversed $text NOT NULL,
  channel $text NOT NULL,
  language $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL
) $clustered;
