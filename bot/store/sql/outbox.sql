-- name: put
-- A message, written with what it tells; who has left a seat hears no more of it, who has come needs no reminder.
INSERT INTO outbox (id, kind, member_id, match_id, seat_id, invitation_id, server_id, locale, payload, route, state, attempts, due_at)
SELECT
  :id, :kind, :member_id, :match_id, :seat_id, :invitation_id,
  coalesce(:server_id, (SELECT server_id FROM matches WHERE id = :match_id)),
  coalesce(:locale, (SELECT locale FROM seats WHERE id = :seat_id)),
  :payload, :route, 'pending', 0, :due_at
WHERE NOT EXISTS (
  SELECT 1 FROM seats WHERE id = :seat_id AND (left_at IS NOT NULL OR (:kind = 'reminder' AND entered_at IS NOT NULL))
);

-- name: find_due
-- What is to be sent now: edits of cards first, then members who cannot be reached by an interaction, then by time.
-- A mention waits until two minutes after the other one of its match was sent, so that nobody sees who meets whom.
SELECT o.* FROM outbox AS o
WHERE o.state = 'pending' AND o.due_at <= :now
  AND NOT (o.route = 'mention' AND EXISTS (
    SELECT 1 FROM outbox AS other
    WHERE other.match_id = o.match_id AND other.id <> o.id AND other.route = 'mention' AND CASE other.state
      WHEN 'sent' THEN other.settled_at > :now - 120000
      WHEN 'pending' THEN (other.due_at, other.id) < (o.due_at, o.id)
    END
  ))
ORDER BY o.route <> 'card',
  EXISTS (SELECT 1 FROM interactions AS i WHERE i.member_id = o.member_id AND i.opened_at > :now - 840000),
  o.due_at, o.id
LIMIT :most;

-- name: next_due_at
-- When the next message is to be sent.
SELECT min(due_at) AS due_at FROM outbox WHERE state = 'pending';

-- name: mark_sent
-- The message is there.
UPDATE outbox SET state = 'sent', settled_at = :now, attempts = attempts + 1, channel_id = :channel_id, message_id = :message_id
WHERE id = :id AND state = 'pending'
RETURNING id;

-- name: postpone
-- Not now; the same message by the same route.
UPDATE outbox SET attempts = attempts + 1, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending';

-- name: reroute
-- Another route.
UPDATE outbox SET route = :route, attempts = attempts + 1, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending';

-- name: mark_failed
-- No route reaches this member.
UPDATE outbox SET state = 'failed', settled_at = :now, attempts = attempts + 1, reason = :reason WHERE id = :id AND state = 'pending';

-- name: withdraw
-- Links of a match that has ended are not sent any more.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = :match_id AND state = 'pending' AND kind IN ('card', 'invitation', 'reminder', 'new_link')
  AND EXISTS (SELECT 1 FROM matches WHERE id = :match_id AND state = 'ended');

-- name: withdraw_seat
-- Nor are the links of a seat that was given up.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = (SELECT match_id FROM seats WHERE id = :seat_id) AND seat_id = :seat_id AND state = 'pending' AND kind IN ('card', 'invitation', 'reminder', 'new_link');

-- name: forget
-- Settled messages are kept for a day.
DELETE FROM outbox WHERE state <> 'pending' AND settled_at < :before;
