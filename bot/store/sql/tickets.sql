-- name: start_waiting
-- A member starts waiting, unless they sit in a live match.
INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at, front, state)
SELECT :id, :member_id, :server_id, :pool, :name, :locale, :wishes, :subject, :waiting_since, :expires_at, :front, 'waiting'
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1)
RETURNING id;

-- name: put_back
-- The innocent one waits again, unless they already do, sit in another match or have left this one as well.
INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at, front, state)
SELECT :id, :member_id, :server_id, :pool, :name, :locale, :wishes, :subject, :waiting_since, :expires_at, :front, 'waiting'
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1)
  AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = :member_id AND state = 'waiting')
  AND NOT EXISTS (SELECT 1 FROM seats WHERE match_id = :match_id AND member_id = :member_id AND left_at IS NOT NULL);

-- name: change_wishes
-- Other wishes for the same place in the line.
UPDATE tickets SET wishes = :wishes, subject = :subject, expires_at = :expires_at, version = version + 1
WHERE member_id = :member_id AND state = 'waiting'
RETURNING *;

-- name: stop_waiting
-- A member stops waiting.
UPDATE tickets SET state = 'left', ended_at = :now WHERE member_id = :member_id AND state = 'waiting'
RETURNING *;

-- name: matched
-- A ticket becomes a seat, if it still waits, with the wishes by which it was chosen.
UPDATE tickets SET state = 'matched', ended_at = :now WHERE id = :id AND state = 'waiting' AND version = :version
RETURNING id;

-- name: expire
-- Patience is over, if it still is when this is carried out.
UPDATE tickets SET state = 'expired', ended_at = :now WHERE id = :id AND state = 'waiting' AND expires_at <= :now
RETURNING id;

-- name: find_by_member
-- The ticket a member waits with.
SELECT * FROM tickets WHERE member_id = :member_id AND state = 'waiting';

-- name: find_by_seat
-- The ticket that led to a seat.
SELECT t.* FROM tickets AS t JOIN seats AS s ON s.ticket_id = t.id WHERE s.id = :seat_id;

-- name: waiting_versions
-- Who waits where pairing is on, with the version of each ticket; one value, for rows are dear where ten thousand wait.
SELECT json_group_object(t.id, t.version) AS versions FROM servers AS s JOIN tickets AS t ON t.server_id = s.server_id WHERE s.open = 1 AND t.state = 'waiting';

-- name: find_waiting
-- Those of these tickets that wait, the longest first.
SELECT * FROM tickets WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'waiting' ORDER BY waiting_since, id;

-- name: recently_ended
-- Who came since then and waits no more, the last ones first; who was put back came once.
SELECT * FROM tickets WHERE waiting_since > :since AND state <> 'waiting' AND front = 0 ORDER BY waiting_since DESC, id DESC LIMIT :most;

-- name: recent_in_pool
-- Who came to one pool since then, the last ones first; who was put back came once.
SELECT * FROM tickets WHERE pool = :pool AND waiting_since > :since AND front = 0 ORDER BY waiting_since DESC, id DESC LIMIT :most;

-- name: find_expired
-- Tickets whose patience is over.
SELECT * FROM tickets WHERE state = 'waiting' AND expires_at <= :now ORDER BY expires_at, id;
