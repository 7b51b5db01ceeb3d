-- When two members last met; the lower id first.

-- name: record
-- Members who were in the room together long enough have met. The match is identified by its room or one of its seats.
INSERT INTO last_meetings (low_id, high_id, last_at)
SELECT min(s.member_id), max(s.member_id), :now
FROM matches AS m JOIN seats AS s ON s.match_id = m.id
WHERE m.id = coalesce((SELECT id FROM matches WHERE room_name = :room_name), (SELECT match_id FROM seats WHERE id = :seat_id))
  AND m.together_since <= :together_before
GROUP BY m.id
ON CONFLICT (low_id, high_id) DO UPDATE SET last_at = excluded.last_at;

-- name: find_with_waiting
-- When these members last met each of those who wait.
SELECT l.low_id, l.high_id, l.last_at FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.low_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = l.high_id AND state = 'waiting')
UNION
SELECT l.low_id, l.high_id, l.last_at FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.high_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = l.low_id AND state = 'waiting');

-- name: delete_expired
DELETE FROM last_meetings WHERE rowid IN (SELECT rowid FROM last_meetings WHERE last_at < :before LIMIT :limit) RETURNING 1;
