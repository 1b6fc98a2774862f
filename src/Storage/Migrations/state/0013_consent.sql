-- What a notice is for, and whether the customer is owed it whatever they think of such notices.
ALTER TABLE notices ADD COLUMN class $text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN owed $bool NOT NULL DEFAULT FALSE;
UPDATE notices SET class = CASE
  WHEN facts LIKE '%"Safety":true%' THEN 'safety'
  WHEN subject LIKE 'outage:%' THEN 'service'
  WHEN subject LIKE 'due:%' THEN 'usage'
  ELSE 'case' END;
UPDATE notices SET owed = TRUE WHERE status IN ('all-clear', 'update');
CREATE INDEX notices_customer ON notices (customer, class, created_at);

-- Hours in which a customer is not woken: empty for the installation's, or none.
ALTER TABLE customers ADD COLUMN quiet_hours $text NOT NULL DEFAULT '';

-- What customers said of notices of a class; an empty channel means all of them.
CREATE TABLE consents (
  customer $text NOT NULL,
  class $text NOT NULL,
  channel $text NOT NULL,
  given $bool NOT NULL,
  source $text NOT NULL,
  who $text NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (customer, class, channel)
) $clustered;

-- What customers wrote, one row for each customer whose address it came from; by the provider's own number it is taken once.
CREATE TABLE inbound_messages (
  id $text NOT NULL,
  customer $text NOT NULL,
  channel $text NOT NULL,
  meaning $text NOT NULL,
  text $text NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id, customer)
) $clustered;
CREATE INDEX inbound_messages_customer ON inbound_messages (customer, at);

-- Calls that people are to make, one for each notice of the channel phone; what is said is the notice's.
CREATE TABLE phone_tasks (
  id $id,
  notice $text NOT NULL UNIQUE,
  customer $text NOT NULL,
  subject $text NOT NULL,
  class $text NOT NULL,
  state $text NOT NULL,
  reason $text NOT NULL,
  due_at BIGINT NOT NULL,
  try_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  outcome $text NOT NULL,
  who $text NOT NULL,
  late $bool NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX phone_tasks_open ON phone_tasks (due_at) WHERE state = 'Open';
CREATE INDEX phone_tasks_customer ON phone_tasks (customer, id);

-- What other systems told us; by their key it is taken once. Until 0: without end.
CREATE TABLE outside_facts (
  id $id,
  key $text NOT NULL UNIQUE,
  kind $text NOT NULL,
  subject $text NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  who $text NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX outside_facts_subject ON outside_facts (subject, id);

-- Notices to many that a person may stop before they go out; goes_at 0: not by itself.
CREATE TABLE approvals (
  id $id,
  subject $text NOT NULL,
  status $text NOT NULL,
  phase $text NOT NULL,
  recipients BIGINT NOT NULL,
  offered_at BIGINT NOT NULL,
  goes_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  who $text NOT NULL,
  reason $text NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (subject, status)
);
CREATE INDEX approvals_offered ON approvals (goes_at) WHERE phase = 'Offered';

-- Devices whose owner changed, until what is open of them has followed.
CREATE TABLE owner_changes (
  id $id,
  device $text NOT NULL,
  from_customer $text NOT NULL,
  to_customer $text NOT NULL,
  at BIGINT NOT NULL
);
