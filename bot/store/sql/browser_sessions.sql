-- Browsers that have redeemed an invitation.

-- name: open
INSERT INTO browser_sessions (id, seat_id, cookie_hash, state, created_at, seen_at)
VALUES (:id, :seat_id, :cookie_hash, 'active', :now, :now);

-- name: replace
-- Another browser has redeemed a newer link to the seat.
UPDATE browser_sessions SET state = 'replaced', ended_at = :now WHERE seat_id = :seat_id AND state = 'active';

-- name: end_by_match
-- Sessions can be read for a while after their match.
UPDATE browser_sessions SET state = 'read_only', ended_at = :now
WHERE state = 'active' AND seat_id IN (SELECT id FROM seats WHERE match_id = :match_id);

-- name: end_by_seat
UPDATE browser_sessions SET state = 'read_only', ended_at = :now WHERE state = 'active' AND seat_id = :seat_id;

-- name: reactivate
-- Leaving was undone.
UPDATE browser_sessions SET state = 'active', ended_at = NULL, seen_at = :now
WHERE state = 'read_only' AND ended_at = :left_at AND id IN (SELECT session_id FROM invitations WHERE seat_id = :seat_id);

-- name: find_by_cookie
SELECT b.*, s.sid FROM browser_sessions AS b JOIN seats AS s ON s.id = b.seat_id WHERE b.cookie_hash = :cookie_hash;

-- name: touch
UPDATE browser_sessions SET seen_at = :now WHERE id = :id AND seen_at <= :seen_before;

-- name: delete_expired
-- A live match keeps its sessions: they tell which browsers may be in its room.
DELETE FROM browser_sessions WHERE id IN (
  SELECT b.id FROM browser_sessions AS b
  WHERE b.created_at < :before
    AND NOT EXISTS (SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE s.id = b.seat_id AND m.state <> 'ended')
  LIMIT :limit
) RETURNING 1;

-- name: pull_back
-- Nothing has happened to a session of a live match ahead of the clock. A seat that was left keeps the time of its session.
UPDATE browser_sessions SET created_at = min(created_at, :now), seen_at = min(seen_at, :now), ended_at = min(ended_at, :now)
WHERE seat_id IN (SELECT id FROM seats WHERE match_id IN (SELECT id FROM matches WHERE state <> 'ended'))
  AND (created_at > :ahead OR seen_at > :ahead OR ended_at > :ahead);

-- name: erase
DELETE FROM browser_sessions WHERE seat_id IN (SELECT id FROM seats WHERE member_id = :member_id);

-- name: export
SELECT * FROM browser_sessions WHERE seat_id IN (SELECT id FROM seats WHERE member_id = :member_id)
ORDER BY created_at DESC LIMIT :limit;
