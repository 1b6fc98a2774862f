-- When mail to a carer came back for good, and why; 0: it does not.
ALTER TABLE carers ADD COLUMN email_bad_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE carers ADD COLUMN email_bad_why $text NOT NULL DEFAULT '';
