-- What the MQTT server keeps of sessions that outlive their connection, and the retained messages. All numbers are the server's, rising, never used twice.
CREATE TABLE sessions (
  id BIGINT NOT NULL PRIMARY KEY,
  client_id $text NOT NULL,
  principal $text NOT NULL,
  expiry_seconds BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  will $blob NOT NULL,
  will_due_at BIGINT NOT NULL
);

CREATE TABLE subscriptions (
  session BIGINT NOT NULL,
  number BIGINT NOT NULL,
  filter $text NOT NULL,
  qos BIGINT NOT NULL,
  no_local $bool NOT NULL,
  retain_as_published $bool NOT NULL,
  identifier BIGINT NOT NULL,
  PRIMARY KEY (session, number)
) $clustered;

-- A message is here once, however many sessions it is for; retained messages too.
CREATE TABLE messages (
  id BIGINT NOT NULL PRIMARY KEY,
  packet $blob NOT NULL,
  expires_at BIGINT NOT NULL,
  retained $bool NOT NULL
);

CREATE TABLE deliveries (
  session BIGINT NOT NULL,
  number BIGINT NOT NULL,
  message BIGINT NOT NULL,
  qos BIGINT NOT NULL,
  retain $bool NOT NULL,
  identifiers $text NOT NULL,
  packet_id BIGINT NOT NULL,
  received $bool NOT NULL,
  PRIMARY KEY (session, number)
) $clustered;

-- QoS 2 ids of clients, from PUBREC to PUBREL, with what is passed on at PUBREL.
CREATE TABLE accepted (
  session BIGINT NOT NULL,
  packet_id BIGINT NOT NULL,
  packet $blob NOT NULL,
  PRIMARY KEY (session, packet_id)
) $clustered;
