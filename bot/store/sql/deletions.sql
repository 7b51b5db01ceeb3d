-- Members who have deleted their data a moment ago: what was being written just then is deleted after them.

-- name: add
INSERT INTO deletions (member_id, deleted_at) VALUES (:member_id, :now)
ON CONFLICT (member_id) DO UPDATE SET deleted_at = excluded.deleted_at;

-- name: find_due
-- One that lies ahead of the clock is due as well.
SELECT member_id, deleted_at FROM deletions WHERE deleted_at <= :before OR deleted_at > :now LIMIT :limit;

-- name: finish
DELETE FROM deletions WHERE member_id = :member_id AND deleted_at = :deleted_at;

-- name: is_recognized
-- One row, unless something names this member by their pseudonym still.
SELECT 1 AS ok
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocked_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM last_meetings WHERE low_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM last_meetings WHERE high_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM restrictions WHERE member_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM reports WHERE reported_id = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM malicious_reporters WHERE member_id = :pseudonym);
