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

-- name: blocked_by
-- Whom a member has blocked, the newest first.
SELECT blocked_id FROM blocks WHERE blocker_id = :blocker_id ORDER BY since DESC, blocked_id;

-- name: find_with_waiting
-- The blocks between these members and all who wait.
SELECT b.blocker_id, b.blocked_id FROM json_each(:members) AS m JOIN blocks AS b ON b.blocker_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocked_id AND state = 'waiting')
UNION
SELECT b.blocker_id, b.blocked_id FROM json_each(:members) AS m JOIN blocks AS b ON b.blocked_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocker_id AND state = 'waiting');
