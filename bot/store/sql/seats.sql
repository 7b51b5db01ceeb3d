-- Members' places in matches, and who is in the room. A seat without a ticket is one of a trial.

-- name: create
INSERT INTO seats (id, match_id, member_id, ticket_id, name, locale, side, live, left_for_good)
VALUES (:id, :match_id, :member_id, :ticket_id, :name, :locale, :side, 1, 0);

-- name: release_by_match
-- The match has ended: its members may wait again.
UPDATE seats SET live = 0 WHERE match_id = :match_id;

-- name: leave
-- A seat is given up at most once, while its match is live. Its member does not count as present any more; the connection
-- is kept until it ends, so that an undo finds it. A trial is left for good: another one can be begun at once.
UPDATE seats SET left_at = :now, left_for_good = CASE WHEN ticket_id IS NULL THEN 1 ELSE :for_good END, live = 0
WHERE id = :seat_id AND live = 1 AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND state <> 'ended')
RETURNING id;

-- name: find_left
SELECT s.left_at, m.room_name FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE s.id = :seat_id AND s.left_at IS NOT NULL;

-- name: take_back
-- Leaving is undone in time, while the match is live and the member does not wait, is neither barred nor banned from its
-- server, and belongs to its pool.
UPDATE seats SET left_at = NULL, live = 1
WHERE id = :seat_id AND left_at = :left_at AND left_at > :left_after AND left_for_good = 0
  AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND state <> 'ended')
  AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = seats.member_id AND state = 'waiting')
  AND NOT EXISTS (
    SELECT 1 FROM memberships AS k JOIN matches AS m ON m.server_id = k.server_id
    WHERE m.id = seats.match_id AND k.member_id = seats.member_id AND k.barred_until > :now AND k.barred_until <= :barred_at_most
  )
  AND NOT EXISTS (
    SELECT 1 FROM restrictions AS b JOIN matches AS m ON b.server_id IS NULL OR b.server_id = m.server_id
    WHERE m.id = seats.match_id AND b.member_id = seats.member_id AND b.kind = 'ban' AND b.lifted_at IS NULL
      AND b.since <= :now AND (b.until IS NULL OR b.until > :now)
  )
  AND EXISTS (
    SELECT 1 FROM matches AS m
    LEFT JOIN servers AS g ON g.server_id = m.server_id
    LEFT JOIN memberships AS k ON k.server_id = m.server_id AND k.member_id = seats.member_id
    WHERE m.id = seats.match_id AND m.pool = CASE
      WHEN g.audience IN ('mixed', 'unsure') THEN m.server_id || ':' || k.age_group ELSE CAST(m.server_id AS text)
    END
  )
RETURNING id;

-- name: find_beside
-- The seat of a member in a live match with `:partner_id`, given up or not.
SELECT own_id AS id, own_live AS live FROM seat_in_match
WHERE own_member_id = :member_id AND partner_member_id = :partner_id AND state <> 'ended'
ORDER BY own_live DESC LIMIT 1;

-- name: find_live_in
-- The live seat of a member in this server, or anywhere; not one of a trial.
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id = :member_id AND s.live = 1 AND s.ticket_id IS NOT NULL AND (:server_id IS NULL OR m.server_id = :server_id);

-- name: none_live_in
-- One row, unless the member has a live seat in this server, or anywhere; one of a trial counts.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id
  WHERE s.member_id = :member_id AND s.live = 1 AND (:server_id IS NULL OR m.server_id = :server_id)
);

-- name: stay_away
-- A member who has left a match with `:partner_id` cannot undo it any more.
UPDATE seats SET left_for_good = 1
WHERE member_id = :member_id AND left_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM seats AS partner JOIN matches AS m ON m.id = partner.match_id
  WHERE partner.match_id = seats.match_id AND partner.member_id = :partner_id AND m.state <> 'ended'
);

-- name: participant_joined
-- Only into the current room of a live match. A connection of which we know that it has ended does not begin any more: the
-- two reports have changed places on their way.
UPDATE seats SET sid = :sid
WHERE id = :seat_id AND live = 1
  AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND room_name = :room_name AND state <> 'ended')
  AND (sid IS NULL OR sid <> :sid)
  AND NOT EXISTS (SELECT 1 FROM webhook_events WHERE id = :sid);

-- name: participant_listed
-- LiveKit lists this connection. What was reported since the list was asked for is newer, and stays.
UPDATE seats SET sid = :sid
WHERE id = :seat_id AND live = 1 AND coalesce(sid, '') = :known_sid
  AND EXISTS (SELECT 1 FROM matches WHERE id = seats.match_id AND room_name = :room_name AND state <> 'ended');

-- name: enter
-- The first arrival of each member in the room, once. The ticket tells whether that counts as one.
UPDATE seats SET entered_at = :now
WHERE match_id = (SELECT id FROM matches WHERE room_name = :room_name) AND sid IS NOT NULL AND entered_at IS NULL
RETURNING ticket_id;

-- name: participant_left
-- A connection that ends after the member has reconnected changes nothing.
UPDATE seats SET sid = NULL WHERE id = :seat_id AND sid = :sid;

-- name: clear_replaced
-- Nobody is in the new room yet.
UPDATE seats SET sid = NULL
WHERE match_id = :match_id AND EXISTS (SELECT 1 FROM browser_sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: pull_back
UPDATE seats SET entered_at = min(entered_at, :now), left_at = min(left_at, :now)
WHERE match_id IN (SELECT id FROM matches WHERE state <> 'ended') AND (entered_at > :ahead OR left_at > :ahead);

-- name: blank_names
UPDATE seats SET name = '' WHERE ticket_id IN (SELECT value FROM json_each(:ids));

-- name: find_live
SELECT id FROM seats WHERE member_id = :member_id AND live = 1;

-- name: none_live
-- One row, unless the member has a live seat.
SELECT 1 AS ok WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1);

-- name: erase
-- Statistics count seats, and partners can still block and report, so they stay, without a name. Nobody takes one back.
UPDATE seats SET member_id = :pseudonym, name = '', locale = '', left_for_good = CASE WHEN left_at IS NULL THEN left_for_good ELSE 1 END
WHERE member_id = :member_id;

-- name: recognize
UPDATE seats SET member_id = :member_id WHERE member_id = :pseudonym;

-- name: export
SELECT own.*, partner.name AS partner_name
FROM seats AS own
JOIN matches AS m ON m.id = own.match_id
JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side
WHERE own.member_id IN (:member_id, :pseudonym) ORDER BY m.created_at DESC LIMIT :limit;
