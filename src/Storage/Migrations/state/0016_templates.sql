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
