-- When two members last met, and until when they are kept apart; the lower id first.

-- name: record
-- Members who were in the room together long enough have met; nobody meets themselves, as in a trial. The match is identified
-- by its room or one of its seats.
INSERT INTO last_meetings (low_id, high_id, last_at)
SELECT min(s.member_id), max(s.member_id), :now
FROM matches AS m JOIN seats AS s ON s.match_id = m.id
WHERE m.id = coalesce((SELECT id FROM matches WHERE room_name = :room_name), (SELECT match_id FROM seats WHERE id = :seat_id))
  AND m.kind = 'study' AND m.together_since <= :together_before
GROUP BY m.id
ON CONFLICT (low_id, high_id) DO UPDATE SET last_at = excluded.last_at;

-- name: keep_apart
-- The two of a match that has ended because it came to nothing count as having met.
INSERT INTO last_meetings (low_id, high_id, last_at, apart_until)
SELECT min(s.member_id), max(s.member_id), :now, :apart_until FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.id = :match_id AND m.reason IN (SELECT value FROM json_each(:came_to_nothing))
GROUP BY m.id
ON CONFLICT (low_id, high_id) DO UPDATE SET last_at = excluded.last_at, apart_until = excluded.apart_until;

-- name: find_met_at
-- Of a match that came to nothing it is written when the two are free to meet again, which is later.
SELECT low_id, last_at FROM last_meetings
WHERE low_id = :member_id AND last_at > :since AND last_at <= :now AND (apart_until IS NULL OR apart_until <= last_at)
UNION ALL
SELECT low_id, last_at FROM last_meetings
WHERE high_id = :member_id AND last_at > :since AND last_at <= :now AND (apart_until IS NULL OR apart_until <= last_at);

-- name: apart_from_waiting
-- Until when these members are kept apart from those who wait. A time later than `:at_most` cannot have been written, and
-- does not count. A match before the meeting, whose two members wait again, has come to nothing, although it has not ended.
SELECT l.low_id, l.high_id, l.apart_until FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.low_id = CAST(m.value AS bigint)
WHERE l.apart_until > :now AND l.apart_until <= :at_most AND EXISTS (SELECT 1 FROM tickets WHERE member_id = l.high_id AND state = 'waiting')
UNION
SELECT l.low_id, l.high_id, l.apart_until FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.high_id = CAST(m.value AS bigint)
WHERE l.apart_until > :now AND l.apart_until <= :at_most AND EXISTS (SELECT 1 FROM tickets WHERE member_id = l.low_id AND state = 'waiting')
UNION
SELECT min(a.member_id, b.member_id), max(a.member_id, b.member_id), :at_most
FROM json_each(:member_ids) AS m
JOIN seats AS a ON a.member_id = CAST(m.value AS bigint)
JOIN matches ON matches.id = a.match_id AND matches.kind = 'study' AND matches.state IN (SELECT value FROM json_each(:states))
JOIN seats AS b ON b.match_id = a.match_id AND b.side = 1 - a.side
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.member_id AND state = 'waiting');

-- name: find_with_waiting
-- When these members last met each of those who wait.
SELECT l.low_id, l.high_id, l.last_at FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.low_id = CAST(m.value AS bigint)
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = l.high_id AND state = 'waiting')
UNION
SELECT l.low_id, l.high_id, l.last_at FROM json_each(:member_ids) AS m JOIN last_meetings AS l ON l.high_id = CAST(m.value AS bigint)
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = l.low_id AND state = 'waiting');

-- name: delete_expired
-- Those of members who have deleted their data, who have pseudonyms, earlier than others. A pseudonym is below every id.
DELETE FROM last_meetings
WHERE (low_id, high_id) IN (
  SELECT low_id, high_id FROM last_meetings WHERE last_at < :before OR (low_id < 0 AND last_at < :counts_since) LIMIT :limit
)
RETURNING 1;

-- name: pull_back
UPDATE last_meetings SET last_at = :now, apart_until = apart_until - (last_at - :now) WHERE last_at > :ahead;

-- name: erase
-- What neither counts for the pace any more nor keeps anybody apart.
DELETE FROM last_meetings WHERE (low_id = :member_id OR high_id = :member_id) AND last_at < :counts_since;

-- name: copy_renamed
-- Under the other name of a member.
INSERT INTO last_meetings (low_id, high_id, last_at, apart_until)
SELECT min(other_id, :latter_id), max(other_id, :latter_id), last_at, apart_until FROM (
  SELECT CASE WHEN low_id = :former_id THEN high_id ELSE low_id END AS other_id, last_at, apart_until
  FROM last_meetings WHERE low_id = :former_id OR high_id = :former_id
) AS former WHERE true
ON CONFLICT (low_id, high_id) DO NOTHING;

-- name: delete_former
DELETE FROM last_meetings WHERE low_id = :former_id OR high_id = :former_id;

-- name: export
-- The day only: two part when one of them leaves, and what made a partner leave is theirs.
SELECT last_at / :day_length AS last_day FROM last_meetings WHERE low_id IN (:member_id, :pseudonym) OR high_id IN (:member_id, :pseudonym)
ORDER BY last_at DESC LIMIT :limit;
