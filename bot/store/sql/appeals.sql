-- Second looks at what was decided about reports.

-- name: ask
-- Once for each of the two, about what was decided; for the reported member, about a sanction that has begun.
INSERT INTO appeals (report_id, side, words, asked_at)
SELECT r.id, :appeal_side, :words, :now FROM reports AS r
WHERE r.id = :report_id AND r.decided_at IS NOT NULL
  AND (:appeal_side = 'reporter' OR (r.decision IN (SELECT value FROM json_each(:sanctions)) AND r.due_at IS NULL))
ON CONFLICT (report_id, side) DO NOTHING
RETURNING report_id;

-- name: list_open
SELECT a.report_id, a.side AS appeal_side, a.words AS asked_words, a.asked_at, r.* FROM appeals AS a JOIN reports AS r ON r.id = a.report_id
WHERE a.decided_at IS NULL AND r.server_id = :server_id
  AND r.reported_id NOT IN (:reader_id, :reader) AND (r.reporter_id IS NULL OR r.reporter_id <> :reader_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = r.id AND reporter = :reader)
  AND NOT EXISTS (SELECT 1 FROM report_recusals WHERE report_id = r.id AND reader = :reader)
  AND (:is_staff = 1 OR (:is_operator = 1 AND r.to_operator = 1))
ORDER BY a.asked_at LIMIT :limit;

-- name: decide
UPDATE appeals SET decided_at = :now, decided_by = :reader, outcome = :outcome, sentence = :sentence
WHERE report_id = :report_id AND side = :appeal_side AND decided_at IS NULL
RETURNING report_id;

-- name: export
SELECT a.* FROM appeals AS a JOIN reports AS r ON r.id = a.report_id
WHERE (a.side = 'reporter' AND r.reporter_id = :member_id) OR (a.side = 'reported' AND r.reported_id IN (:member_id, :pseudonym))
ORDER BY a.asked_at DESC LIMIT :limit;

-- name: erase
UPDATE appeals SET words = ''
WHERE report_id IN (SELECT id FROM reports WHERE reporter_id = :member_id UNION SELECT id FROM reports WHERE reported_id = :member_id)
  AND EXISTS (
    SELECT 1 FROM reports AS r
    WHERE r.id = appeals.report_id AND :member_id = CASE appeals.side WHEN 'reporter' THEN r.reporter_id ELSE r.reported_id END
  );
