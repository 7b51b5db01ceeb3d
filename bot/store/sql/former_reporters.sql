-- Who has filed a report that does not name them: they have deleted their data, or have undone it.

-- name: add
-- Whoever reports after their data was deleted.
INSERT INTO former_reporters (report_id, reporter, counts_at) VALUES (:report_id, :reporter, :counts_at);

-- name: add_erased
-- Before the member's reports name them no more.
INSERT INTO former_reporters (report_id, reporter, counts_at)
SELECT id, :pseudonym, counts_at FROM reports WHERE reporter_id = :member_id
ON CONFLICT (report_id) DO NOTHING;

-- name: add_undone
-- Before a report is deleted. One that has not counted yet never does.
INSERT INTO former_reporters (report_id, reporter, counts_at)
SELECT id, :reporter, counts_at FROM reports WHERE id = :report_id AND announced = 1
ON CONFLICT (report_id) DO NOTHING;

-- name: delete_uncounted
-- Nor does one whose reporter had gone before it was undone.
DELETE FROM former_reporters
WHERE report_id = :report_id AND EXISTS (SELECT 1 FROM reports WHERE id = :report_id AND announced = 0);

-- name: find
SELECT reporter FROM former_reporters WHERE report_id = :report_id;

-- name: forget
-- If the report names its reporter again.
DELETE FROM former_reporters WHERE report_id = :report_id AND :reporter_id IS NOT NULL;

-- name: pull_back
-- As their reports, after those. What is left of an undone one has counted already.
UPDATE former_reporters SET counts_at = coalesce((SELECT counts_at FROM reports WHERE id = report_id), :now)
WHERE counts_at > :ahead;

-- name: export
SELECT counts_at FROM former_reporters WHERE reporter = :pseudonym ORDER BY counts_at DESC LIMIT :limit;

-- name: delete_expired
-- When it counts no more, and there is no report to decide about. Counting as in reports.delete_expired.
DELETE FROM former_reporters WHERE report_id IN (
  SELECT f.report_id FROM former_reporters AS f
  WHERE f.counts_at < :before AND (SELECT count(*) FROM reports WHERE id = f.report_id) = 0
  LIMIT :limit
) RETURNING 1;
