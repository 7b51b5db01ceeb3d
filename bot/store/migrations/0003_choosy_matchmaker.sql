-- What a matchmaker that looks ahead asks for: who waits where pairing is on, what changed, who came lately; and in
-- what two differ, who meet all the same.

ALTER TABLE tickets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE servers ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
UPDATE servers SET open = audience = 'adults' AND channel_id IS NOT NULL AND paused = 0;

CREATE INDEX tickets_line ON tickets (server_id, id, version) WHERE state = 'waiting';
CREATE INDEX tickets_came ON tickets (waiting_since);
CREATE INDEX tickets_came_to_pool ON tickets (pool, waiting_since);
CREATE INDEX blocks_against ON blocks (blocked_id);
CREATE INDEX met_high ON met (high_id);
DROP INDEX tickets_waiting;
DROP INDEX tickets_matched;
