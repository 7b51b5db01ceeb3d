-- Members of whom we know that they belong to a server's staff.

-- name: record
INSERT INTO staff_members (server_id, member_id, reads, seen_at) VALUES (:server_id, :member_id, :reads, :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET reads = excluded.reads, seen_at = excluded.seen_at;

-- name: forget
DELETE FROM staff_members WHERE server_id = :server_id AND member_id = :member_id;

-- name: find
SELECT * FROM staff_members WHERE server_id = :server_id AND member_id = :member_id;

-- name: list
SELECT member_id, reads FROM staff_members WHERE server_id = :server_id ORDER BY member_id;

-- name: delete_expired
DELETE FROM staff_members WHERE (server_id, member_id) IN (
  SELECT server_id, member_id FROM staff_members WHERE seen_at < :before LIMIT :limit
) RETURNING 1;

-- name: export
SELECT server_id, reads, seen_at FROM staff_members WHERE member_id = :member_id ORDER BY server_id LIMIT :limit;

-- name: erase
DELETE FROM staff_members WHERE member_id = :member_id;
