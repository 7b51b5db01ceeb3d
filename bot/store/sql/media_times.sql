-- When the camera, the microphone and the screen of a seat were first published, and when that ended last. No picture, no sound.
-- LiveKit tells of a track when it is published, not when it is muted.

-- name: begin
-- The track is published. Nothing of one that was reported to have ended, or whose connection was; trials leave no trace.
INSERT INTO media_times (seat_id, source, first_at, track_sid, connection_sid)
SELECT s.id, :source, :now, :track_sid, :sid FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.id = :seat_id AND m.room_name = :room_name AND m.state <> 'ended' AND m.kind = 'study'
  AND NOT EXISTS (SELECT 1 FROM webhook_events WHERE id IN (:track_sid, :sid))
ON CONFLICT (seat_id, source) DO UPDATE
SET last_at = NULL, track_sid = excluded.track_sid, connection_sid = excluded.connection_sid;

-- name: end
-- The track is published no more. If nothing was told of it before, it was there for a moment at least; a newer one stays.
INSERT INTO media_times (seat_id, source, first_at, last_at, track_sid, connection_sid)
SELECT s.id, :source, :now, :now, :track_sid, :sid FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.id = :seat_id AND m.kind = 'study' AND NOT EXISTS (SELECT 1 FROM webhook_events WHERE id = :track_sid)
ON CONFLICT (seat_id, source) DO UPDATE
SET last_at = excluded.last_at, track_sid = excluded.track_sid, connection_sid = excluded.connection_sid
WHERE (media_times.last_at IS NULL) = (media_times.track_sid = excluded.track_sid);

-- name: end_connection
-- Whatever was published by this connection has ended with it.
UPDATE media_times SET last_at = :now WHERE seat_id = :seat_id AND connection_sid = :sid AND last_at IS NULL;

-- name: by_match
-- Of both sides of a match. What nobody has told the end of ended when the seat was given up, or else with the match.
SELECT s.side, t.source, t.first_at, coalesce(t.last_at, s.left_at, m.ended_at) AS last_at
FROM seats AS s JOIN matches AS m ON m.id = s.match_id JOIN media_times AS t ON t.seat_id = s.id
WHERE s.match_id = :match_id ORDER BY s.side, t.source;

-- name: pull_back
UPDATE media_times SET first_at = min(first_at, :now), last_at = min(last_at, :now)
WHERE (first_at > :ahead OR last_at > :ahead)
  AND seat_id IN (SELECT s.id FROM matches AS m LEFT JOIN seats AS s ON s.match_id = m.id WHERE m.state <> 'ended');

-- name: export
SELECT t.* FROM media_times AS t JOIN seats AS s ON s.id = t.seat_id JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id IN (:member_id, :pseudonym) ORDER BY m.created_at DESC, t.source LIMIT :limit;
