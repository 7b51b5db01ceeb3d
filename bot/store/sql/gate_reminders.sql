-- Who wants to hear when a server's gate opens for them.

-- name: save
INSERT INTO gate_reminders (server_id, member_id, joined_at, locale, due_at)
VALUES (:server_id, :member_id, :joined_at, :locale, :due_at)
ON CONFLICT (server_id, member_id) DO UPDATE SET
  joined_at = excluded.joined_at, locale = excluded.locale, due_at = excluded.due_at;

-- name: find_due
SELECT * FROM gate_reminders WHERE due_at <= :now ORDER BY due_at LIMIT :limit;

-- name: postpone
UPDATE gate_reminders SET due_at = :opens_at WHERE server_id = :server_id AND member_id = :member_id AND due_at = :due_at;

-- name: settle
DELETE FROM gate_reminders WHERE server_id = :server_id AND member_id = :member_id AND due_at = :due_at
RETURNING member_id;

-- name: delete
DELETE FROM gate_reminders WHERE server_id = :server_id AND member_id = :member_id;

-- name: erase
DELETE FROM gate_reminders WHERE member_id = :member_id;

-- name: export
SELECT * FROM gate_reminders WHERE member_id = :member_id ORDER BY due_at DESC LIMIT :limit;
