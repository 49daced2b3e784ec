-- seq of the customer's last message when the row was claimed: one that came
-- while it was being sent frees what is then held.
ALTER TABLE outbox ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
