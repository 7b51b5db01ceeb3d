-- Whom the pseudonyms of the audit stand for.

-- name: remember
INSERT INTO pseudonyms (pseudonym, member_id, named_at) VALUES (:pseudonym, :member_id, :now)
ON CONFLICT (pseudonym) DO UPDATE SET member_id = excluded.member_id, named_at = excluded.named_at;

-- name: delete_expired
-- The audit names them no more.
DELETE FROM pseudonyms WHERE pseudonym IN (SELECT pseudonym FROM pseudonyms WHERE named_at < :before LIMIT :limit) RETURNING 1;

-- name: export
-- That the audit names this member as somebody who acted. Whom it names otherwise was reported, and must not see it.
SELECT 1 AS is_kept FROM pseudonyms AS p
WHERE member_id = :member_id AND EXISTS (SELECT 1 FROM audit WHERE actor = p.pseudonym) LIMIT :limit;

-- name: erase
DELETE FROM pseudonyms WHERE member_id = :member_id;
