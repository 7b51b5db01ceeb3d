-- One-time links to seats.

-- name: issue
-- The first link of a seat, together with its match.
INSERT INTO invitations (id, seat_id, token_hash, state, issued_at) VALUES (:id, :seat_id, :token_hash, 'open', :now)
RETURNING id;

-- name: reissue
-- No row when the match has ended, the seat was given up, or it has got as many new links since then as it may.
INSERT INTO invitations (id, seat_id, token_hash, state, issued_at)
SELECT :id, s.id, :token_hash, 'open', :now FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.id = :seat_id AND s.live = 1 AND m.state <> 'ended'
  AND NOT EXISTS (
    SELECT 1 FROM invitations AS i WHERE i.seat_id = :seat_id AND i.issued_at > :since
      AND i.id <> (SELECT f.id FROM invitations AS f WHERE f.seat_id = :seat_id ORDER BY f.issued_at, f.id LIMIT 1)
    LIMIT 1 OFFSET :others
  )
RETURNING id;

-- name: replace
-- A newer link ends the older one.
UPDATE invitations SET state = 'replaced' WHERE seat_id = :seat_id AND state = 'open';

-- name: mark_opened
-- A browser has asked about a link of a trial for the first time.
UPDATE invitations SET opened_at = :now
WHERE token_hash = :token_hash AND opened_at IS NULL
  AND EXISTS (SELECT 1 FROM seats WHERE id = invitations.seat_id AND ticket_id IS NULL);

-- name: mark_delivered
-- The lifetime of a link begins with its first delivery.
UPDATE invitations SET delivered_at = :now, delivered_by = :route, expires_at = :expires_at WHERE id = :id AND delivered_at IS NULL AND state = 'open';

-- name: find_by_token
-- Everything that determines whether a link works. Changes nothing. Whom an admin may meet is no question in a trial.
SELECT i.*, s.match_id, s.left_at, m.kind AS match_kind, m.state AS match_state, m.room_name, s.name AS owner,
  (
    SELECT k.barred_until FROM memberships AS k
    WHERE m.kind = 'study' AND k.server_id = m.server_id AND k.member_id = s.member_id
  ) AS barred_until,
  (
    SELECT count(*) FROM memberships AS k LEFT JOIN servers AS g ON g.server_id = k.server_id
    WHERE m.kind = 'study' AND k.server_id = m.server_id AND k.member_id = s.member_id AND k.told_at IS NOT NULL AND m.pool <> CASE
      WHEN g.audience IN ('mixed', 'unsure') THEN k.server_id || ':' || coalesce(k.age_group, '') ELSE CAST(k.server_id AS text)
    END
  ) AS is_in_other_pool,
  (SELECT count(*) FROM servers AS g WHERE g.server_id = m.server_id AND g.left_at IS NOT NULL) AS bot_removed,
  (SELECT count(*) FROM browser_sessions AS b WHERE b.id = i.session_id AND b.state = 'active') AS session_active
FROM invitations AS i JOIN seats AS s ON s.id = i.seat_id JOIN matches AS m ON m.id = s.match_id
WHERE i.token_hash = :token_hash;

-- name: redeem
-- Single use: of all concurrent attempts, one gets a row.
UPDATE invitations SET state = 'redeemed', redeemed_at = :now, attempt_hash = :attempt_hash, session_id = :session_id
WHERE token_hash = :token_hash AND state = 'open' AND (expires_at IS NULL OR expires_at > :now)
  AND EXISTS (
    SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id
    WHERE s.id = invitations.seat_id AND s.live = 1 AND m.state <> 'ended'
  )
RETURNING id;

-- name: end_by_match
UPDATE invitations SET state = 'over'
WHERE state = 'open' AND seat_id IN (SELECT id FROM seats WHERE match_id = :match_id);

-- name: end_by_seat
UPDATE invitations SET state = 'over' WHERE state = 'open' AND seat_id = :seat_id;

-- name: reopen_by_seat
-- Leaving was undone: the link that it ended works again.
UPDATE invitations SET state = 'open' WHERE seat_id = :seat_id AND state = 'over';

-- name: find_open_by_seat
SELECT id FROM invitations WHERE seat_id = :seat_id AND state = 'open';

-- name: find_newest_by_seat
SELECT id FROM invitations WHERE seat_id = :seat_id ORDER BY issued_at DESC, state = 'open' DESC LIMIT 1;

-- name: find_limiting
-- The new link that must leave the window before the seat may get another; no row while it has got fewer than it may. The
-- seat's first link does not count. `:others` is one less than the limit.
SELECT i.issued_at FROM invitations AS i WHERE i.seat_id = :seat_id AND i.issued_at > :since
  AND i.id <> (SELECT f.id FROM invitations AS f WHERE f.seat_id = :seat_id ORDER BY f.issued_at, f.id LIMIT 1)
ORDER BY i.issued_at DESC LIMIT 1 OFFSET :others;

-- name: pull_back
-- No link was issued or delivered ahead of the clock, and none lives longer than a new one.
UPDATE invitations SET
  issued_at = min(issued_at, :now), delivered_at = min(delivered_at, :now), opened_at = min(opened_at, :now),
  expires_at = min(expires_at, :now + :link_lifetime)
WHERE seat_id IN (SELECT id FROM seats WHERE match_id IN (SELECT id FROM matches WHERE state <> 'ended'))
  AND (issued_at > :ahead OR delivered_at > :ahead);

-- name: erase
-- What a browser told of itself goes; that a link was delivered is counted.
UPDATE invitations SET attempt_hash = NULL, session_id = NULL WHERE seat_id IN (SELECT id FROM seats WHERE member_id = :member_id);

-- name: export
SELECT * FROM invitations WHERE seat_id IN (SELECT id FROM seats WHERE member_id IN (:member_id, :pseudonym))
ORDER BY issued_at DESC LIMIT :limit;
