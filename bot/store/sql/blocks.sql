-- name: add
-- Never these two again.
INSERT INTO blocks (blocker_id, blocked_id, since) VALUES (:blocker_id, :blocked_id, :now)
ON CONFLICT (blocker_id, blocked_id) DO NOTHING;

-- name: apart
-- No row while the two are in a match that the list does not end.
SELECT 1 WHERE NOT EXISTS (
  SELECT 1 FROM seats AS a JOIN seats AS b ON b.match_id = a.match_id JOIN matches AS m ON m.id = a.match_id
  WHERE a.member_id = :blocker_id AND b.member_id = :blocked_id AND m.state <> 'ended' AND m.id NOT IN (SELECT value FROM json_each(:but_for))
);

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
