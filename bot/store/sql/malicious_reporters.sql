-- Members whose reports hold nobody for a while.

-- name: add
-- The reporter of this report, also if they have deleted their data.
INSERT INTO malicious_reporters (report_id, member_id, until)
SELECT reporter.report_id, reporter.member_id, :until FROM (
  SELECT id AS report_id, reporter_id AS member_id FROM reports WHERE id = :report_id AND reporter_id IS NOT NULL
  UNION ALL
  SELECT report_id, reporter FROM former_reporters WHERE report_id = :report_id
) AS reporter
WHERE true
ON CONFLICT (report_id) DO NOTHING;

-- name: remove
DELETE FROM malicious_reporters WHERE report_id = :report_id;

-- name: find
-- By the member's id, their pseudonym, or a report that does not name its reporter.
SELECT until FROM malicious_reporters
WHERE member_id IN (:member_id, :pseudonym, (SELECT reporter FROM former_reporters WHERE report_id = :report_id)) AND until > :now
LIMIT 1;

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
