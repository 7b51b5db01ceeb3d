-- What is forgotten is found by its age, so that forgetting never reads a whole table while others wait to write.

CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'pending';
CREATE INDEX orders_done ON room_orders (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX events_seen ON webhook_events (seen_at);
CREATE INDEX sessions_begun ON sessions (created_at);
CREATE INDEX interactions_opened ON interactions (opened_at);
