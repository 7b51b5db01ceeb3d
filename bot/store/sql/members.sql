-- What we remember about a member between two searches.

-- name: get
SELECT * FROM members WHERE member_id = :member_id;

-- name: save_wishes
INSERT INTO members (member_id, server_id, wishes, seen_at) VALUES (:member_id, :server_id, :wishes, :now)
ON CONFLICT (member_id) DO UPDATE SET
  server_id = excluded.server_id, wishes = excluded.wishes, seen_at = excluded.seen_at;

-- name: update_wishes
-- Wishes changed while waiting are remembered for the next search as well.
UPDATE members SET wishes = :remembered
WHERE member_id = :member_id AND EXISTS (SELECT 1 FROM tickets WHERE member_id = :member_id AND state = 'waiting');

-- name: save_dm_channel
INSERT INTO members (member_id, dm_channel_id, seen_at) VALUES (:member_id, :channel_id, :now)
ON CONFLICT (member_id) DO UPDATE SET dm_channel_id = excluded.dm_channel_id;

-- name: close_dm_channel
INSERT INTO members (member_id, dm_closed_at, seen_at) VALUES (:member_id, :now, :now)
ON CONFLICT (member_id) DO UPDATE SET dm_closed_at = excluded.dm_closed_at;

-- name: open_dm_channel
UPDATE members SET dm_closed_at = NULL WHERE member_id = :member_id AND dm_closed_at IS NOT NULL;

-- name: remember
INSERT INTO members (member_id, seen_at) VALUES (:member_id, :now) ON CONFLICT (member_id) DO NOTHING;

-- name: touch
-- The member does something; recorded at most once in a while.
UPDATE members SET seen_at = :now WHERE member_id = :member_id AND seen_at <= :seen_before;

-- name: delete_expired
-- Whoever waits or has a live seat, also in a trial, stays: there is an index for either kind of seat. Consents go first.
DELETE FROM members WHERE member_id IN (
  SELECT m.member_id FROM members AS m
  WHERE m.seen_at < :before
    AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = m.member_id AND state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM seats WHERE member_id = m.member_id AND live = 1 AND ticket_id IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM seats WHERE member_id = m.member_id AND live = 1 AND ticket_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM rules_consents WHERE member_id = m.member_id)
  LIMIT :limit
) RETURNING 1;

-- name: erase
DELETE FROM members WHERE member_id = :member_id;

-- name: export
SELECT * FROM members WHERE member_id = :member_id ORDER BY seen_at DESC LIMIT :limit;
