-- name: among
-- When members of a set last met each other.
SELECT low_id, high_id, last_at FROM met
WHERE low_id IN (SELECT value FROM json_each(:members)) AND high_id IN (SELECT value FROM json_each(:members));
