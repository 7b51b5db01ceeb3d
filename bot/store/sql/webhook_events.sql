-- Ids of LiveKit's webhook events that were handled already, and of connections that have ended: LiveKit gives neither twice.

-- name: record
-- One row for an event that is new, none for a repeated one.
INSERT INTO webhook_events (id, seen_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: delete_expired
DELETE FROM webhook_events WHERE id IN (SELECT id FROM webhook_events WHERE seen_at < :before LIMIT :limit) RETURNING 1;
