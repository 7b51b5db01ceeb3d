-- By which route the outbox delivered a link at first; NULL if it was not sent by the outbox, or by an older version.
ALTER TABLE invitations ADD COLUMN delivered_by TEXT CHECK (delivered_by IN ('card', 'direct', 'follow_up', 'mention'));

-- What was decided in a server, by time: whether two met, and how searches ended.
CREATE INDEX matches_decided ON matches (server_id, coalesce(met_at, ended_at));
CREATE INDEX tickets_by_server ON tickets (server_id, ended_at);
