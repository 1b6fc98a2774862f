-- What a customer wrote and another system told of, until a person has read it.
ALTER TABLE contacts ADD COLUMN unread $bool NOT NULL DEFAULT FALSE;
CREATE INDEX contacts_unread ON contacts (id) WHERE unread = TRUE;
