-- When mail to a carer came back for good, and why; 0: it does not.
ALTER TABLE carers ADD COLUMN email_bad_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE carers ADD COLUMN email_bad_why $text NOT NULL DEFAULT '';

-- What waits for a receiver, in its order.
CREATE INDEX webhook_deliveries_order ON webhook_deliveries (receiver, id) WHERE state = 'Waiting';
