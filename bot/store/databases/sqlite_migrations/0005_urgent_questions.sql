-- A question about a member that is open is urgent if somebody waits for the answer, before a room or a search. It is asked
-- before all others, and counts as asked from then on.
ALTER TABLE memberships ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1));

DROP INDEX memberships_asked;
CREATE INDEX memberships_asked ON memberships (server_id, urgent, asked_at, member_id) WHERE asked_at IS NOT NULL;
