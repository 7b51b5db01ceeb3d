-- Which rules of studying together members have agreed to, by server.

-- name: find
SELECT version FROM rules_consents WHERE server_id = :server_id AND member_id = :member_id;

-- name: agree
-- The last version counts; agreeing to it again keeps the first time.
INSERT INTO rules_consents (server_id, member_id, version, agreed_at) VALUES (:server_id, :member_id, :rules, :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET version = excluded.version, agreed_at = excluded.agreed_at
WHERE rules_consents.version <> excluded.version;

-- name: delete_expired
-- Of members who are about to be forgotten.
DELETE FROM rules_consents WHERE member_id IN (SELECT member_id FROM members WHERE seen_at < :before LIMIT :limit) RETURNING 1;
