-- name: create
-- Two tickets become a match, unless one member blocks the other.
INSERT INTO matches (
  id, server_id, pool, state, agreement, length, room_name, created_at, empty_since, version
)
SELECT
  :id, :server_id, :pool, 'inviting', :agreement, :length, :room_name, :created_at, :created_at, 1
WHERE NOT EXISTS (
  SELECT 1 FROM blocks WHERE (blocker_id = :member_0 AND blocked_id = :member_1) OR (blocker_id = :member_1 AND blocked_id = :member_0)
)
RETURNING id;

-- name: seat
-- One member's place.
INSERT INTO seats (id, match_id, member_id, ticket_id, name, locale, side, live)
VALUES (:id, :match_id, :member_id, :ticket_id, :name, :locale, :side, 1);

-- name: end
-- A match ends once, only from one of the states from which its reason ends it and only while its reason holds: who has left did not take it
-- back, whoever is not put back into the line did not come, a meeting that is done did not go on.
UPDATE matches SET state = 'ended', reason = :reason, ended_at = :now, version = version + 1
WHERE id = :match_id AND state IN (SELECT value FROM json_each(:states))
  AND CASE :reason
    WHEN 'declined' THEN EXISTS (SELECT 1 FROM seats AS s WHERE s.match_id = matches.id AND s.left_at <= :left_before)
    WHEN 'replaced' THEN NOT EXISTS (
      SELECT 1 FROM seats AS s
      WHERE s.match_id = matches.id AND s.entered_at IS NOT NULL AND s.member_id NOT IN (SELECT value FROM json_each(:put_back))
    )
    WHEN 'done' THEN ends_at <= :ends_before OR empty_since <= :empty_before OR NOT EXISTS (
      SELECT 1 FROM seats AS s WHERE s.match_id = matches.id AND (s.left_at IS NULL OR s.left_at > :left_before)
    )
    ELSE 1
  END
RETURNING id;

-- name: close_seats
-- Its members are free again.
UPDATE seats SET live = 0 WHERE match_id = :match_id;

-- name: record_reminder
-- The second message goes out once, while one is missing.
UPDATE matches SET reminded_at = :now, version = version + 1
WHERE id = :match_id AND state = 'inviting' AND reminded_at IS NULL
RETURNING id;

-- name: find_by_member
-- The live seat of a member, with its match and the other seat.
SELECT m.*, own.id AS own_id, own.side AS own_side,
  s0.id AS id_0, s0.member_id AS member_0, s0.name AS name_0, s0.locale AS locale_0, s0.entered_at AS entered_0, s0.left_at AS left_0, s0.sid AS sid_0,
  s1.id AS id_1, s1.member_id AS member_1, s1.name AS name_1, s1.locale AS locale_1, s1.entered_at AS entered_1, s1.left_at AS left_1, s1.sid AS sid_1,
  (SELECT min(i.delivered_at) FROM invitations AS i WHERE i.seat_id = CASE own.side WHEN 0 THEN s1.id ELSE s0.id END) AS notified_at
FROM seats AS own
JOIN matches AS m ON m.id = own.match_id
JOIN seats AS s0 ON s0.match_id = m.id AND s0.side = 0
JOIN seats AS s1 ON s1.match_id = m.id AND s1.side = 1
WHERE own.member_id = :member_id AND own.live = 1;

-- name: find_by_seat
-- A seat in whatever state, with its match and the other seat.
SELECT m.*, own.id AS own_id, own.side AS own_side,
  s0.id AS id_0, s0.member_id AS member_0, s0.name AS name_0, s0.locale AS locale_0, s0.entered_at AS entered_0, s0.left_at AS left_0, s0.sid AS sid_0,
  s1.id AS id_1, s1.member_id AS member_1, s1.name AS name_1, s1.locale AS locale_1, s1.entered_at AS entered_1, s1.left_at AS left_1, s1.sid AS sid_1,
  (SELECT min(i.delivered_at) FROM invitations AS i WHERE i.seat_id = CASE own.side WHEN 0 THEN s1.id ELSE s0.id END) AS notified_at
FROM seats AS own
JOIN matches AS m ON m.id = own.match_id
JOIN seats AS s0 ON s0.match_id = m.id AND s0.side = 0
JOIN seats AS s1 ON s1.match_id = m.id AND s1.side = 1
WHERE own.id = :seat_id;

-- name: last_seat
-- The newest seat of a member, live or not.
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id = :member_id ORDER BY m.created_at DESC LIMIT 1;

-- name: between
-- The live matches of two members.
SELECT m.id FROM matches AS m
JOIN seats AS a ON a.match_id = m.id AND a.member_id = :one
JOIN seats AS b ON b.match_id = m.id AND b.member_id = :other
WHERE m.state <> 'ended';

-- name: seats_to_remind
-- The missing seats of matches that wait too long for them and have not said so yet.
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state <> 'ended' AND m.state = 'inviting' AND m.reminded_at IS NULL AND m.created_at <= :created_before AND s.entered_at IS NULL AND s.left_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM seats AS other WHERE other.match_id = m.id AND other.left_at IS NOT NULL);

-- name: no_shows
-- The first seats of matches in which the two were never in together.
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state <> 'ended' AND m.state = 'inviting' AND m.created_at <= :created_before AND s.side = 0;

-- name: left_before_meeting
-- Seats given up for good before both were in.
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state <> 'ended' AND m.state = 'inviting' AND s.left_at <= :left_before;

-- name: finished_meetings
-- Meetings that are over: everybody has left, the room is empty, or the time is up.
SELECT m.id FROM matches AS m
WHERE m.state <> 'ended' AND m.state = 'meeting' AND (
  m.ends_at <= :ends_before
  OR m.empty_since <= :empty_before
  OR NOT EXISTS (SELECT 1 FROM seats AS s WHERE s.match_id = m.id AND (s.left_at IS NULL OR s.left_at > :left_before))
);
