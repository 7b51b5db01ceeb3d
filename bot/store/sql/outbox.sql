-- Messages that must reach Discord.

-- name: insert
-- Writes nothing for a seat given up or, with `:only_before_entering`, for a member who has been in the room; and nothing about
-- a server that the bot has left.
INSERT INTO outbox (id, kind, member_id, match_id, seat_id, invitation_id, server_id, locale, payload, route, state, attempts, due_at, useful_until)
SELECT
  :id, :kind, :member_id, :match_id, :seat_id, :invitation_id,
  coalesce(:server_id, (SELECT server_id FROM matches WHERE id = :match_id)),
  coalesce(:locale, (SELECT locale FROM seats WHERE id = :seat_id)),
  :payload, :route, 'pending', 0, :due_at, :useful_until
WHERE NOT EXISTS (
  SELECT 1 FROM seats WHERE id = :seat_id AND (left_at IS NOT NULL OR (:only_before_entering = 1 AND entered_at IS NOT NULL))
) AND NOT EXISTS (
  SELECT 1 FROM servers
  WHERE server_id = coalesce(:server_id, (SELECT server_id FROM matches WHERE id = :match_id)) AND left_at IS NOT NULL
);

-- name: find_due
-- Edits of cards first, then members without a usable interaction, then by time. A mention waits for a while after the
-- other mention of its match, so that readers of the channel cannot tell who meets whom.
SELECT o.* FROM outbox AS o
WHERE o.state = 'pending' AND o.due_at <= :now AND o.useful_until > :now
  AND NOT (o.route = 'mention' AND EXISTS (
    SELECT 1 FROM outbox AS other
    WHERE other.match_id = o.match_id AND other.id <> o.id AND other.route = 'mention' AND (
      (other.state = 'sent' AND other.settled_at > :mention_sent_after AND other.settled_at <= :now)
      OR (other.state = 'pending' AND (other.due_at, other.id) < (o.due_at, o.id))
    )
  ))
ORDER BY o.route <> 'card',
  EXISTS (SELECT 1 FROM interactions AS i WHERE i.member_id = o.member_id AND i.opened_at > :opened_after),
  o.due_at, o.id
LIMIT :limit;

-- name: next_due_at
SELECT id, due_at FROM outbox WHERE state = 'pending' ORDER BY due_at LIMIT 1;

-- name: fail_unreadable
UPDATE outbox SET state = 'failed', settled_at = :now, reason = 'unreadable'
WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'pending';

-- name: mark_sent
UPDATE outbox SET state = 'sent', settled_at = :now, attempts = attempts + 1, channel_id = :channel_id, message_id = :message_id
WHERE id = :id AND state = 'pending'
RETURNING id;

-- name: postpone
UPDATE outbox SET attempts = attempts + 1, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending';

-- name: reroute
UPDATE outbox SET route = :route, attempts = attempts + 1, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending';

-- name: mark_failed
UPDATE outbox SET state = 'failed', settled_at = :now, attempts = attempts + 1, reason = :reason WHERE id = :id AND state = 'pending';

-- name: withdraw_by_match
-- Links into a match that has ended are not sent any more.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = :match_id AND state = 'pending' AND kind IN (SELECT value FROM json_each(:link_kinds))
  AND EXISTS (SELECT 1 FROM matches WHERE id = :match_id AND state = 'ended');

-- name: withdraw_by_seat
-- Links to a seat that was given up are not sent either.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = (SELECT match_id FROM seats WHERE id = :seat_id) AND seat_id = :seat_id AND state = 'pending'
  AND kind IN (SELECT value FROM json_each(:link_kinds));

-- name: withdraw_by_server
-- The bot has left the server.
UPDATE outbox SET state = 'withdrawn', settled_at = :now WHERE server_id = :server_id AND state = 'pending';

-- name: withdraw_useless
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE rowid IN (SELECT rowid FROM outbox WHERE state = 'pending' AND useful_until <= :now LIMIT :limit)
RETURNING 1;

-- name: delete_expired
DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE state <> 'pending' AND settled_at < :before LIMIT :limit) RETURNING 1;

-- name: pull_back
-- A message that would be due later than any attempt is postponed is due now, and from now on as useful as it would have been.
UPDATE outbox SET due_at = :now, useful_until = iif(useful_until > due_at, useful_until - due_at + :now, useful_until)
WHERE state = 'pending' AND due_at > :ahead + :longest_postponement;
