-- Searches that begin when their member agrees to the server's rules.

-- name: find
SELECT * FROM postponed_searches WHERE server_id = :server_id AND member_id = :member_id;

-- name: find_newest
SELECT * FROM postponed_searches WHERE member_id = :member_id ORDER BY postponed_at DESC LIMIT 1;

-- name: save
INSERT INTO postponed_searches (server_id, member_id, wishes, remembered, wait_minutes, moves, postponed_at)
VALUES (:server_id, :member_id, :wishes, :remembered, :wait_minutes, :moves, :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET
  wishes = excluded.wishes, remembered = excluded.remembered, wait_minutes = excluded.wait_minutes, moves = excluded.moves,
  postponed_at = excluded.postponed_at;

-- name: delete
DELETE FROM postponed_searches WHERE server_id = :server_id AND member_id = :member_id;

-- name: delete_expired
DELETE FROM postponed_searches WHERE (server_id, member_id) IN (
  SELECT server_id, member_id FROM postponed_searches WHERE postponed_at < :before LIMIT :limit
) RETURNING 1;

-- name: erase
DELETE FROM postponed_searches WHERE member_id = :member_id;

-- name: export
SELECT * FROM postponed_searches WHERE member_id = :member_id ORDER BY postponed_at DESC LIMIT :limit;
