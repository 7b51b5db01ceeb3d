-- name: open
-- A browser holds the seat.
INSERT INTO sessions (id, seat_id, cookie_hash, state, created_at, seen_at) VALUES (:id, :seat_id, :cookie_hash, 'active', :now, :now);

-- name: move_room
-- Where a browser is replaced the room gets another name, so no token of the old one lets it back.
UPDATE matches SET room_name = :room_name, together_since = NULL, empty_since = :now, version = version + 1
WHERE id = :match_id AND EXISTS (SELECT 1 FROM sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: empty_room
-- Nobody is in the new room yet.
UPDATE seats SET sid = NULL
WHERE match_id = :match_id AND EXISTS (SELECT 1 FROM sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: replace
-- The older browser has lost the seat.
UPDATE sessions SET state = 'replaced', ended_at = :now WHERE seat_id = :seat_id AND state = 'active';

-- name: after_match
-- Sessions outlive their match for a while, without a way into a room.
UPDATE sessions SET state = 'read_only', ended_at = :now
WHERE state = 'active' AND seat_id IN (SELECT id FROM seats WHERE match_id = :match_id);

-- name: after_seat
-- So does the session of a seat that was given up.
UPDATE sessions SET state = 'read_only', ended_at = :now WHERE state = 'active' AND seat_id = :seat_id;

-- name: active_again
-- Leaving was a mistake.
UPDATE sessions SET state = 'active', ended_at = NULL, seen_at = :now
WHERE state = 'read_only' AND ended_at = :left_at AND id IN (SELECT session_id FROM invitations WHERE seat_id = :seat_id);

-- name: of_cookie
-- The session a cookie names.
SELECT s.*, seats.sid FROM sessions AS s JOIN seats ON seats.id = s.seat_id WHERE s.cookie_hash = :cookie_hash;

-- name: touch
-- Seen, written once a minute at most.
UPDATE sessions SET seen_at = :now WHERE id = :id AND seen_at <= :now - 60000;

-- name: leave
-- A seat is given up, once, while its match runs.
UPDATE seats SET left_at = :now, live = 0, sid = NULL
WHERE id = :seat_id AND live = 1 AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND state <> 'ended')
RETURNING id;

-- name: left_at
-- When a seat was given up.
SELECT left_at FROM seats WHERE id = :seat_id;

-- name: take_back
-- A seat is taken back within the time for it, while its match runs and its member waits nowhere else.
UPDATE seats SET left_at = NULL, live = 1
WHERE id = :seat_id AND left_at = :left_at AND left_at > :left_after
  AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND state <> 'ended')
  AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = seats.member_id AND state = 'waiting')
RETURNING id;

-- name: changed
-- Whoever reads the match sees that something is new; who has left is not together with anybody.
UPDATE matches SET
  together_since = NULL,
  empty_since = CASE WHEN NOT EXISTS (SELECT 1 FROM seats WHERE match_id = matches.id AND sid IS NOT NULL) THEN coalesce(empty_since, :now) END,
  version = version + 1
WHERE id = (SELECT match_id FROM seats WHERE id = :seat_id);

-- name: forget
-- Tombstones are kept as long as a session could have lasted.
DELETE FROM sessions WHERE created_at < :before;
