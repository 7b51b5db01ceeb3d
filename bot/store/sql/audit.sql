-- What staff did with reports. Nothing here is ever changed, or deleted within a year: the database itself refuses it.

-- name: add
INSERT INTO audit (server_id, actor, about, action, report_id, rule, sentence, at)
VALUES (:server_id, :actor, :about, :action, :report_id, :rule, :sentence, :now);

-- name: list
-- Of a server, the newest first: nothing about the reader, nor about a report that they have filed.
SELECT a.*, actor.member_id AS actor_id, about.member_id AS about_id,
  (SELECT number FROM reports WHERE id = a.report_id) AS number
FROM audit AS a
LEFT JOIN pseudonyms AS actor ON actor.pseudonym = a.actor
LEFT JOIN pseudonyms AS about ON about.pseudonym = a.about
WHERE a.server_id = :server_id AND (a.about IS NULL OR a.about <> :reader)
  AND NOT EXISTS (SELECT 1 FROM reports WHERE id = a.report_id AND reporter_id = :reader_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = a.report_id AND reporter = :reader)
ORDER BY a.at DESC, a.id DESC LIMIT :limit;

-- name: delete_expired
-- Only what the database lets go by its own clock.
DELETE FROM audit WHERE id IN (
  SELECT id FROM audit WHERE at < :before AND at <= 1000 * CAST(strftime('%s', 'now', '-365 days') AS bigint) LIMIT :limit
) RETURNING 1;
