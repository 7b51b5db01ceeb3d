-- What Discord has told of members of servers, and what we ask it.

-- name: find
SELECT member_id, told_at, barred_until, age_group, joined_at, CASE WHEN urgent = 1 THEN asked_at END AS urgent_at
FROM memberships WHERE server_id = :server_id AND member_id = :member_id;

-- name: is_judged_by
-- One row, while the settings that say what a member's roles mean are those by which the news was judged. 0: never saved.
SELECT 1 AS ok WHERE :judged_by IS NULL OR :judged_by = coalesce((SELECT version FROM servers WHERE server_id = :server_id), 0);

-- name: record
-- The newest news counts, unless what is stored lies ahead of the clock. It answers the questions asked before it.
INSERT INTO memberships (server_id, member_id, told_at, barred_until, barred_reason, age_group, joined_at)
VALUES (:server_id, :member_id, :told_at, :barred_until, :reason, :age_group, :joined_at)
ON CONFLICT (server_id, member_id) DO UPDATE SET
  told_at = excluded.told_at, barred_until = excluded.barred_until, barred_reason = excluded.barred_reason,
  age_group = excluded.age_group, joined_at = excluded.joined_at,
  asked_at = CASE WHEN memberships.asked_at > excluded.told_at AND memberships.asked_at <= :now THEN memberships.asked_at END
WHERE memberships.told_at IS NULL OR memberships.told_at <= excluded.told_at OR memberships.told_at > :now
RETURNING member_id;

-- name: find_live_seat
-- In another pool than the one to which the member belongs, with the ticket that became the seat.
SELECT s.id AS seat_id, t.* FROM seats AS s JOIN matches AS m ON m.id = s.match_id JOIN tickets AS t ON t.id = s.ticket_id
WHERE s.member_id = :member_id AND s.live = 1 AND m.server_id = :server_id AND m.pool <> :pool;

-- name: find_ticket
-- With which the member waits in another pool than the one to which they belong.
SELECT * FROM tickets WHERE member_id = :member_id AND server_id = :server_id AND state = 'waiting' AND pool <> :pool;

-- name: holds_nothing_else
-- One row, unless the member has a live seat in a match of the server other than `:seat_id`, or waits there with another
-- ticket than `:ticket_id`. What they have in the pool to which they belong does not count, nor does a trial.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id
  WHERE s.member_id = :member_id AND s.live = 1 AND s.ticket_id IS NOT NULL AND m.server_id = :server_id AND m.pool <> :pool
    AND (:seat_id IS NULL OR s.id <> :seat_id)
) AND NOT EXISTS (
  SELECT 1 FROM tickets
  WHERE member_id = :member_id AND server_id = :server_id AND state = 'waiting' AND pool <> :pool AND (:ticket_id IS NULL OR id <> :ticket_id)
);

-- name: not_barred
-- One row, unless Discord has told that the member cannot be matched here. Later than `:barred_at_most` is no time.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM memberships
  WHERE server_id = :server_id AND member_id = :member_id AND barred_until > :now AND barred_until <= :barred_at_most
);

-- name: in_pool
-- One row, if the member belongs to this pool. Where pools are separated, Discord must have told so lately. A pool has its
-- server's id as its name, and behind that the age group of its members.
SELECT 1 AS ok WHERE CASE
  WHEN EXISTS (SELECT 1 FROM servers WHERE server_id = :server_id AND audience IN ('mixed', 'unsure'))
  THEN EXISTS (
    SELECT 1 FROM memberships AS k
    WHERE k.server_id = :server_id AND k.member_id = :member_id AND k.told_at BETWEEN :told_after AND :now
      AND :pool = k.server_id || ':' || k.age_group
  )
  ELSE :pool = CAST(:server_id AS text)
END;

-- name: ask
-- Somebody waits for the answer, from now on: one that was told before does not count. A question that is urgent already
-- keeps its time, unless that lies ahead of the clock or cannot be one.
INSERT INTO memberships (server_id, member_id, asked_at, urgent) VALUES (:server_id, :member_id, :now, 1)
ON CONFLICT (server_id, member_id) DO UPDATE SET asked_at = excluded.asked_at, urgent = 1
WHERE memberships.urgent = 0 OR memberships.asked_at IS NULL OR memberships.asked_at NOT BETWEEN 0 AND :now;

-- name: doubt
-- What was told of a member who is known may have changed, so it counts no more; only an answer that was asked for since then
-- settles that. It is urgent for those who wait or have a live seat.
UPDATE memberships SET
  told_at = NULL,
  asked_at = CASE WHEN active.count > 0 THEN :now ELSE asked_at END,
  urgent = CASE WHEN active.count > 0 THEN 1 ELSE urgent END
FROM (
  SELECT (SELECT count(*) FROM tickets WHERE member_id = :member_id AND server_id = :server_id AND state = 'waiting') + (
    SELECT count(*) FROM seats AS s JOIN matches AS m ON m.id = s.match_id
    WHERE s.member_id = :member_id AND s.live = 1 AND s.ticket_id IS NOT NULL AND m.server_id = :server_id
  ) AS count
) AS active
WHERE server_id = :server_id AND member_id = :member_id;

-- name: ask_again
-- Everybody who waits or has a live seat, but for trials, and of whom Discord told nothing since then.
INSERT INTO memberships (server_id, member_id, asked_at)
SELECT active.server_id, active.member_id, :now FROM (
  SELECT t.server_id, t.member_id FROM tickets AS t WHERE t.state = 'waiting'
  UNION
  SELECT m.server_id, s.member_id FROM matches AS m JOIN seats AS s ON s.match_id = m.id
  WHERE m.state <> 'ended' AND m.kind = 'study' AND s.live = 1
) AS active LEFT JOIN memberships AS k ON k.server_id = active.server_id AND k.member_id = active.member_id
WHERE (k.asked_at IS NULL OR k.asked_at NOT BETWEEN 0 AND :now) AND (k.told_at IS NULL OR k.told_at <= :told_before OR k.told_at > :now)
ON CONFLICT (server_id, member_id) DO UPDATE SET asked_at = excluded.asked_at, urgent = 0;

-- name: forget_judged_otherwise
-- What was judged by other roles than count in the server now, or while pools were separated and are no more, or the reverse.
DELETE FROM memberships
WHERE server_id = :server_id AND NOT EXISTS (
  SELECT 1 FROM servers
  WHERE server_id = :server_id
    AND coalesce(role_id, 0) = coalesce(:role_id, 0)
    AND coalesce(minor_role_id, 0) = coalesce(:minor_role_id, 0)
    AND coalesce(adult_role_id, 0) = coalesce(:adult_role_id, 0)
    AND (audience IN ('mixed', 'unsure')) = (:audience IN ('mixed', 'unsure'))
);

-- name: find_asked
SELECT k.server_id, k.member_id
FROM json_each(:server_ids) AS ours JOIN memberships AS k ON k.server_id = CAST(ours.value AS bigint)
WHERE k.asked_at IS NOT NULL AND k.urgent = :urgent
ORDER BY k.asked_at, k.member_id LIMIT :limit;

-- name: delete_expired
DELETE FROM memberships WHERE (server_id, member_id) IN (
  SELECT server_id, member_id FROM memberships
  WHERE coalesce(told_at, asked_at) < :before AND (asked_at IS NULL OR asked_at < :before) LIMIT :limit
) RETURNING 1;

-- name: count_age_group
SELECT count(*) AS members FROM memberships
WHERE server_id = :server_id AND age_group = :age_group AND coalesce(told_at, asked_at) >= :since;

-- name: erase
DELETE FROM memberships WHERE member_id = :member_id;

-- name: export
SELECT * FROM memberships WHERE member_id = :member_id ORDER BY server_id DESC LIMIT :limit;
