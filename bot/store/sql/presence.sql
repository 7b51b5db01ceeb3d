-- name: arrive
-- A participant is in the room of its match; the first arrival is kept.
UPDATE seats SET sid = :sid, entered_at = coalesce(entered_at, :now)
WHERE id = :seat_id AND live = 1
  AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND room_name = :room_name AND state <> 'ended')
  AND sid IS NOT :sid;

-- name: go
-- The participant that was present has gone; one that went before it came back does not count.
UPDATE seats SET sid = NULL WHERE id = :seat_id AND sid = :sid;

-- name: absent
-- Those the room no longer holds have gone.
UPDATE seats SET sid = NULL
WHERE sid IS NOT NULL AND match_id = (SELECT id FROM matches WHERE room_name = :room_name)
  AND id NOT IN (SELECT key FROM json_each(:present));

-- name: meet
-- Both are in together for the first time: the meeting begins.
UPDATE matches SET state = 'meeting', met_at = :now, ends_at = :now + length * 60000
WHERE room_name = :room_name AND state IN (SELECT value FROM json_each(:states))
  AND 2 = (SELECT count(*) FROM seats WHERE match_id = matches.id AND sid IS NOT NULL);

-- name: met
-- Who was in together for a minute has met.
INSERT INTO met (low_id, high_id, last_at)
SELECT min(s.member_id), max(s.member_id), :now
FROM matches AS m JOIN seats AS s ON s.match_id = m.id
WHERE (m.room_name = :room_name OR m.id = (SELECT match_id FROM seats WHERE id = :seat_id)) AND m.together_since <= :together_before
GROUP BY m.id
ON CONFLICT (low_id, high_id) DO UPDATE SET last_at = excluded.last_at;

-- name: together
-- Since when both, or nobody, have been in; a change makes a new version.
UPDATE matches SET
  together_since = CASE WHEN p.present = 2 THEN coalesce(together_since, :now) END,
  empty_since = CASE WHEN p.present = 0 THEN coalesce(empty_since, :now) END,
  version = version + 1
FROM (
  SELECT m.id, count(s.sid) AS present FROM matches AS m JOIN seats AS s ON s.match_id = m.id WHERE m.room_name = :room_name GROUP BY m.id
) AS p
WHERE matches.id = p.id AND (
  (p.present = 2) <> (matches.together_since IS NOT NULL)
  OR (p.present = 0) <> (matches.empty_since IS NOT NULL)
);

-- name: record_event
-- One effect for each event.
INSERT INTO webhook_events (id, seen_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: rooms_in_use
-- The rooms of matches that run, with the seats that were not given up.
SELECT m.room_name, m.id AS match_id,
  (SELECT json_group_array(s.id) FROM seats AS s WHERE s.match_id = m.id AND s.left_at IS NULL) AS seats
FROM matches AS m WHERE m.state <> 'ended';

-- name: forget
-- Events are kept for an hour, longer than LiveKit repeats them.
DELETE FROM webhook_events WHERE seen_at < :before;
