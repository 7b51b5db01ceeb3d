-- Members whose reports hold nobody for a while.

-- name: add
INSERT INTO malicious_reporters (report_id, member_id, until) VALUES (:report_id, :member_id, :until)
ON CONFLICT (report_id) DO NOTHING;

-- name: find
SELECT until FROM malicious_reporters WHERE member_id IN (:member_id, :pseudonym) AND until > :now LIMIT 1;

-- name: delete_expired
-- Now is between `:before` and `:after`.
DELETE FROM malicious_reporters
WHERE report_id IN (SELECT report_id FROM malicious_reporters WHERE until < (:before + :after) / 2 LIMIT :limit)
RETURNING 1;

-- name: export
SELECT until FROM malicious_reporters WHERE member_id IN (:member_id, :pseudonym) ORDER BY until DESC LIMIT :limit;

-- name: erase
UPDATE malicious_reporters SET member_id = :pseudonym WHERE member_id = :member_id;

-- name: recognize
UPDATE malicious_reporters SET member_id = :member_id WHERE member_id = :pseudonym;
