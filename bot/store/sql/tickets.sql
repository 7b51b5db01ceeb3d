-- Searches of members, waiting or ended.

-- name: start_waiting
-- No row for a member with a live seat; one of a trial is none.
INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at, front, state, version)
SELECT :id, :member_id, :server_id, :pool, :name, :locale, :wishes, :subject, :waiting_since, :expires_at, :front, 'waiting', 1
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1 AND ticket_id IS NOT NULL)
RETURNING id;

-- name: requeue
-- A member whose match fell through waits again, unless they wait already, have another live seat or have left this one, or
-- the bot has left the server, or a restriction keeps them from being matched. If the server is closed, a message about the
-- new search says so already.
INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at, front, state, version, paused)
SELECT
  :id, :member_id, :server_id, :pool, :name, :locale, :wishes, :subject, :waiting_since, :expires_at, :front, 'waiting', 1,
  CASE
    WHEN EXISTS (SELECT 1 FROM servers WHERE server_id = :server_id AND open = 0)
      AND EXISTS (SELECT 1 FROM outbox WHERE member_id = :member_id AND ticket_id = :id) THEN 1 ELSE 0
  END
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1 AND ticket_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = :member_id AND state = 'waiting')
  AND EXISTS (SELECT 1 FROM seats WHERE match_id = :match_id AND member_id = :member_id AND left_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM servers WHERE server_id = :server_id AND left_at IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM restrictions
    WHERE member_id = :member_id AND lifted_at IS NULL AND (server_id IS NULL OR server_id = :server_id) AND since <= :now
      AND (until IS NULL OR until > :now)
  )
RETURNING id;

-- name: change_wishes
-- Only in this server: what is asked for there need not be offered in another.
UPDATE tickets SET wishes = :wishes, subject = :subject, expires_at = :expires_at, version = version + 1
WHERE member_id = :member_id AND server_id = :server_id AND state = 'waiting'
RETURNING *;

-- name: reconsider
-- A new version makes the matchmaker read the ticket and its member's blocks again.
UPDATE tickets SET version = version + 1 WHERE member_id = :member_id AND state = 'waiting';

-- name: stop_waiting
UPDATE tickets SET state = 'left', ended_at = :now WHERE member_id = :member_id AND state = 'waiting'
RETURNING *;

-- name: stop_elsewhere
UPDATE tickets SET state = 'left', ended_at = :now WHERE member_id = :member_id AND state = 'waiting' AND server_id <> :server_id
RETURNING id;

-- name: end_by_server
-- The bot has left the server.
UPDATE tickets SET state = 'left', ended_at = :now WHERE server_id = :server_id AND state = 'waiting'
RETURNING id;

-- name: end_restricted
-- The member is kept from being matched in this server, or everywhere.
UPDATE tickets SET state = 'left', ended_at = :now
WHERE member_id = :member_id AND state = 'waiting' AND (:server_id IS NULL OR server_id = :server_id)
  AND EXISTS (SELECT 1 FROM restrictions WHERE id = :id AND lifted_at IS NULL)
RETURNING id;

-- name: leave_barred
-- The member cannot be matched in this server any more.
UPDATE tickets SET state = 'left', ended_at = :now WHERE id = :ticket_id AND state = 'waiting'
RETURNING id;

-- name: spend
-- A ticket becomes a seat if it still waits, in the pool of the match, with the wishes for which it was chosen.
UPDATE tickets SET state = 'matched', ended_at = :now WHERE id = :id AND state = 'waiting' AND version = :version AND pool = :pool
RETURNING id;

-- name: expire
UPDATE tickets SET state = 'expired', ended_at = :now WHERE id = :id AND state = 'waiting' AND expires_at <= :now
RETURNING id;

-- name: find_by_member
SELECT * FROM tickets WHERE member_id = :member_id AND state = 'waiting';

-- name: find_last_ended
SELECT * FROM tickets WHERE member_id = :member_id AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1;

-- name: find_by_seat
SELECT t.* FROM tickets AS t JOIN seats AS s ON s.ticket_id = t.id WHERE s.id = :seat_id;

-- name: find_state
SELECT id, state FROM tickets WHERE id = :ticket_id;

-- name: find_requeued
-- The ticket with which the member of a seat waits again, or last waited, since its match fell through: at the front, since
-- the same time.
SELECT again.* FROM seats AS s
JOIN tickets AS first ON first.id = s.ticket_id
JOIN tickets AS again ON again.member_id = s.member_id AND again.server_id = first.server_id
WHERE s.id = :seat_id AND again.front = 1 AND again.id <> first.id
  AND again.waiting_since = first.waiting_since AND (again.ended_at IS NULL OR again.ended_at >= first.ended_at)
ORDER BY again.ended_at IS NOT NULL, again.ended_at DESC LIMIT 1;

-- name: find_pause_changed
-- Those who wait in a server that was closed or opened, and were not told so yet.
SELECT t.id FROM servers AS s JOIN tickets AS t ON t.server_id = s.server_id
WHERE s.open = :open AND t.paused = :open AND t.state = 'waiting' LIMIT :limit;

-- name: record_pause
-- Once for each change of the server.
UPDATE tickets SET paused = :paused WHERE id = :id AND state = 'waiting' AND paused <> :paused
RETURNING id;

-- name: waiting_versions
-- Ids and versions of all tickets waiting in open servers where the bot is, as one value: ten thousand rows would take much
-- longer. Where pools are separated, only of those whose members Discord has put lately into the pool of their ticket. Members
-- whom a restriction concerns are left out, as when a match is created: while a severe report can be undone they wait in vain.
SELECT json_group_object(t.id, t.version) AS versions
FROM servers AS s JOIN tickets AS t ON t.server_id = s.server_id
WHERE s.open = 1 AND s.left_at IS NULL AND t.state = 'waiting' AND CASE
  WHEN s.audience IN ('mixed', 'unsure')
  THEN EXISTS (
    SELECT 1 FROM memberships AS k
    WHERE k.server_id = t.server_id AND k.member_id = t.member_id AND k.told_at BETWEEN :told_after AND :now
      AND t.pool = k.server_id || ':' || k.age_group
  )
  ELSE t.pool = CAST(t.server_id AS text)
END
AND t.id NOT IN (
  SELECT w.id FROM restrictions AS r
  JOIN tickets AS w ON w.member_id = r.member_id AND w.state = 'waiting' AND (r.server_id IS NULL OR w.server_id = r.server_id)
  WHERE coalesce(r.lifted_at, r.until) > :now AND r.lifted_at IS NULL
);

-- name: find_waiting
SELECT * FROM tickets WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'waiting' ORDER BY waiting_since, id;

-- name: count_waiting_in
SELECT count(*) AS members FROM tickets WHERE server_id = :server_id AND state = 'waiting';

-- name: recently_ended
-- The newest first. Requeued tickets are left out: their members arrived only once.
SELECT * FROM tickets WHERE waiting_since > :since AND state <> 'waiting' AND front = 0
ORDER BY waiting_since DESC, id DESC LIMIT :limit;

-- name: recent_in_pool
-- As above, in one pool, and with those who still wait.
SELECT * FROM tickets WHERE pool = :pool AND waiting_since > :since AND front = 0
ORDER BY waiting_since DESC, id DESC LIMIT :limit;

-- name: all_waiting
SELECT * FROM tickets WHERE state = 'waiting' ORDER BY expires_at;

-- name: let_expire
UPDATE tickets SET expires_at = :now WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'waiting' AND expires_at > :now;

-- name: find_expired
SELECT * FROM tickets WHERE state = 'waiting' AND expires_at <= :now ORDER BY expires_at, id;

-- name: pull_back
-- Since when a ticket waits is not ahead of the clock, and nobody's patience is longer than the longest.
UPDATE tickets SET
  waiting_since = min(waiting_since, :now),
  expires_at = CASE
    WHEN waiting_since > :ahead AND expires_at - waiting_since BETWEEN 0 AND :longest_wait THEN :now + expires_at - waiting_since
    ELSE min(expires_at, :now + :longest_wait)
  END,
  version = version + 1
WHERE state = 'waiting' AND expires_at > :ahead AND (waiting_since > :ahead OR expires_at > :ahead + :longest_wait);

-- name: count_ended
-- How searches in a server ended by day: with a partner, where requeued members count once, or without one, by subject.
-- `members` as above, in matches.count_outcomes.
WITH ended AS (
  SELECT ended_at / :day_length AS day, member_id,
    CASE state WHEN 'matched' THEN 'found' ELSE 'unmatched' END AS series, CASE state WHEN 'matched' THEN '' ELSE subject END AS about
  FROM tickets
  WHERE server_id = :server_id AND ended_at >= :since AND ended_at < :until
    AND (state = 'expired' OR (state = 'matched' AND front = 0))
)
SELECT day, series, about, count(*) AS count, count(DISTINCT member_id) AS people,
  CASE WHEN count(DISTINCT member_id) < :fewest THEN json_group_array(DISTINCT member_id) END AS members
FROM ended GROUP BY day, series, about;

-- name: count_waits
-- How many searches that found a partner took how many minutes, by day.
WITH waits AS (
  SELECT ended_at / :day_length AS day, (ended_at - waiting_since) / :minute_length AS minutes FROM tickets
  WHERE server_id = :server_id AND ended_at >= :since AND ended_at < :until AND state = 'matched' AND front = 0
)
SELECT day, minutes, count(*) AS count FROM waits GROUP BY day, minutes;

-- name: find_named
-- Tickets whose members' names are not needed any more: their match, if any, ended long ago as well.
SELECT t.id FROM tickets AS t
WHERE t.state <> 'waiting' AND t.name <> '' AND t.ended_at < :before
  AND NOT EXISTS (
    SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id
    WHERE s.ticket_id = t.id AND (m.state <> 'ended' OR m.ended_at >= :before)
  )
LIMIT :limit;

-- name: blank_names
UPDATE tickets SET name = '' WHERE id IN (SELECT value FROM json_each(:ids)) AND state <> 'waiting';

-- name: delete_expired
-- A seat keeps its ticket.
DELETE FROM tickets WHERE id IN (
  SELECT t.id FROM tickets AS t
  WHERE t.state <> 'waiting' AND t.ended_at < :before AND NOT EXISTS (SELECT 1 FROM seats WHERE ticket_id = t.id)
  LIMIT :limit
) RETURNING 1;

-- name: count_lonely
-- The searches in each of these pools in which never two members waited at the same time.
SELECT p.value AS pool, (SELECT count(*) FROM tickets AS t WHERE t.pool = p.value AND t.waiting_since >= :since) AS searches
FROM json_each(:pools) AS p
WHERE NOT EXISTS (
  SELECT 1 FROM tickets AS earlier JOIN tickets AS later ON later.pool = earlier.pool AND later.member_id <> earlier.member_id
  WHERE earlier.pool = p.value AND earlier.waiting_since >= :since AND later.waiting_since >= earlier.waiting_since
    AND later.waiting_since <= coalesce(earlier.ended_at, :now)
);

-- name: none_of_member
-- One row, unless the member has searched.
SELECT 1 AS ok WHERE NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = :member_id);

-- name: erase
-- Statistics count searches, so they stay, with no wish but the subject. What led to a seat belongs to whom the seat belongs
-- to; the others belong to nobody, so that nothing leads from them to their member.
UPDATE tickets SET member_id = CASE state WHEN 'matched' THEN :pseudonym ELSE :nobody END, name = '', locale = '', wishes = json_object('subject', subject)
WHERE member_id = :member_id AND state <> 'waiting' RETURNING id;

-- name: export
SELECT * FROM tickets WHERE member_id = :member_id ORDER BY waiting_since DESC LIMIT :limit;
