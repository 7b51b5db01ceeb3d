-- Who never wants to meet whom.

-- name: add
INSERT INTO blocks (blocker_id, blocked_id, since) VALUES (:blocker_id, :blocked_id, :now)
ON CONFLICT (blocker_id, blocked_id) DO NOTHING;

-- name: no_other_live_match
-- One row, unless the two members are in a live match other than those in `:match_ids`.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM seats AS a JOIN seats AS b ON b.match_id = a.match_id JOIN matches AS m ON m.id = a.match_id
  WHERE a.member_id = :blocker_id AND b.member_id = :blocked_id AND m.state <> 'ended'
    AND m.id NOT IN (SELECT value FROM json_each(:match_ids))
);

-- name: remove
DELETE FROM blocks WHERE blocker_id = :blocker_id AND blocked_id = :blocked_id RETURNING blocked_id;

-- name: blocked_by
SELECT blocked_id FROM blocks WHERE blocker_id = :blocker_id ORDER BY since DESC, blocked_id;

-- name: find_with_waiting
-- The blocks between these members and everybody who waits.
SELECT b.blocker_id, b.blocked_id FROM json_each(:member_ids) AS m JOIN blocks AS b ON b.blocker_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocked_id AND state = 'waiting')
UNION
SELECT b.blocker_id, b.blocked_id FROM json_each(:member_ids) AS m JOIN blocks AS b ON b.blocked_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocker_id AND state = 'waiting');
