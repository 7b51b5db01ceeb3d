-- What admins typed into the form of setup and is not saved yet.

-- name: get
SELECT server_id, fields FROM setup_drafts WHERE server_id = :server_id AND member_id = :member_id;

-- name: save
INSERT INTO setup_drafts (server_id, member_id, fields, typed_at) VALUES (:server_id, :member_id, :fields, :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET fields = excluded.fields, typed_at = excluded.typed_at;

-- name: delete
DELETE FROM setup_drafts WHERE server_id = :server_id AND member_id = :member_id;

-- name: delete_expired
DELETE FROM setup_drafts
WHERE (server_id, member_id) IN (SELECT server_id, member_id FROM setup_drafts WHERE typed_at < :before LIMIT :limit)
RETURNING 1;

-- name: erase
DELETE FROM setup_drafts WHERE member_id = :member_id;

-- name: export
SELECT * FROM setup_drafts WHERE member_id = :member_id ORDER BY typed_at DESC LIMIT :limit;
