-- name: add
-- Never these two again.
INSERT INTO blocks (blocker_id, blocked_id, since) VALUES (:blocker_id, :blocked_id, :now)
ON CONFLICT (blocker_id, blocked_id) DO NOTHING;

-- name: remove
-- Only who set a block takes it back.
DELETE FROM blocks WHERE blocker_id = :blocker_id AND blocked_id = :blocked_id RETURNING blocked_id;

-- name: of
-- Whom a member has blocked, the newest first.
SELECT blocked_id FROM blocks WHERE blocker_id = :blocker_id ORDER BY since DESC, blocked_id;

-- name: among
-- The blocks within a set of members.
SELECT blocker_id, blocked_id FROM blocks
WHERE blocker_id IN (SELECT value FROM json_each(:members)) AND blocked_id IN (SELECT value FROM json_each(:members));
