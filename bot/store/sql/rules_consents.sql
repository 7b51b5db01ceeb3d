-- Which version of a server's rules its members have agreed to.

-- name: find
SELECT version FROM rules_consents WHERE server_id = :server_id AND member_id = :member_id;

-- name: agreed
-- One row, if the member has agreed to the rules that count in this server now. A server that was never set up has ours.
SELECT 1 AS ok FROM rules_consents
WHERE server_id = :server_id AND member_id = :member_id AND version = coalesce(
  (SELECT CAST(rules_version AS text) || CASE WHEN rules IS NULL THEN :our_rules ELSE '' END FROM servers WHERE server_id = :server_id),
  '1' || :our_rules
);

-- name: save
INSERT INTO rules_consents (server_id, member_id, version, agreed_at) VALUES (:server_id, :member_id, :rules_agreed, :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET version = excluded.version, agreed_at = excluded.agreed_at
WHERE rules_consents.version <> excluded.version;

-- name: delete_expired
-- They go with their member or their server, just before these do.
DELETE FROM rules_consents WHERE (server_id, member_id) IN (
  SELECT server_id, member_id FROM (
    SELECT server_id, member_id FROM rules_consents
    WHERE member_id IN (SELECT member_id FROM members WHERE seen_at < :before ORDER BY seen_at LIMIT :limit)
    UNION ALL
    SELECT server_id, member_id FROM rules_consents WHERE server_id IN (
      SELECT server_id FROM servers WHERE left_at IS NOT NULL AND left_at < :left_before ORDER BY left_at LIMIT :limit
    )
  ) AS gone
  LIMIT :limit
) RETURNING 1;

-- name: erase
DELETE FROM rules_consents WHERE member_id = :member_id;

-- name: export
SELECT * FROM rules_consents WHERE member_id = :member_id ORDER BY agreed_at DESC LIMIT :limit;
