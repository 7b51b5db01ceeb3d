-- name: issue
-- A link for a seat that is still taken in a match that runs.
INSERT INTO invitations (id, seat_id, token_hash, state, issued_at)
SELECT :id, s.id, :token_hash, 'open', :now FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.id = :seat_id AND s.live = 1 AND m.state <> 'ended'
RETURNING id;

-- name: replace
-- A newer link makes the older one useless.
UPDATE invitations SET state = 'replaced' WHERE seat_id = :seat_id AND state = 'open';

-- name: delivered
-- The life of a link begins when it first arrives.
UPDATE invitations SET delivered_at = :now, expires_at = :expires_at WHERE id = :id AND delivered_at IS NULL AND state = 'open';

-- name: find_by_token
-- Everything that decides about a link, without touching it.
SELECT i.*, s.match_id, s.left_at, m.state AS match_state, m.room_name, s.name AS owner,
  EXISTS (SELECT 1 FROM sessions WHERE sessions.id = i.session_id AND sessions.state = 'active') AS session_active
FROM invitations AS i JOIN seats AS s ON s.id = i.seat_id JOIN matches AS m ON m.id = s.match_id
WHERE i.token_hash = :token_hash;

-- name: redeem
-- Single use: of all who try, this touches a row for one.
UPDATE invitations SET state = 'redeemed', redeemed_at = :now, attempt_hash = :attempt_hash, session_id = :session_id
WHERE token_hash = :token_hash AND state = 'open' AND coalesce(expires_at > :now, 1)
  AND EXISTS (
    SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id
    WHERE s.id = invitations.seat_id AND s.live = 1 AND m.state <> 'ended'
  )
RETURNING id;

-- name: over
-- Links of a match that has ended.
UPDATE invitations SET state = 'over'
WHERE state = 'open' AND seat_id IN (SELECT id FROM seats WHERE match_id = :match_id);

-- name: over_for_seat
-- Links of a seat that was given up.
UPDATE invitations SET state = 'over' WHERE state = 'open' AND seat_id = :seat_id;

-- name: find_open_by_seat
-- The link of a seat that still works, or will when it is delivered.
SELECT id FROM invitations WHERE seat_id = :seat_id AND state = 'open';

-- name: count_reissued
-- How many links a seat got since then, not counting its first.
SELECT coalesce(sum(issued_at > :since) - (min(issued_at) > :since), 0) AS issued FROM invitations WHERE seat_id = :seat_id;
