-- Matches, and seats as they are read: with their match and the partner's seat.
-- If a query has `state <> 'ended'` besides another state, that repeats the condition of the index matches_live.
-- A trial, in which an admin meets themselves, has a room and links like any match, but timers and numbers pass it over.

-- name: create
-- No row when one of the two members blocks the other, when a restriction concerns one of them, also a hold that begins when its
-- report cannot be undone any more, or when they are kept apart: for a while after a match of theirs came to nothing, and already
-- while they have one that cannot become a meeting any more.
INSERT INTO matches (id, server_id, pool, state, agreement, length, room_name, created_at, empty_since, version)
SELECT :id, :server_id, :pool, 'inviting', :agreement, :length, :room_name, :created_at, :created_at, 1
WHERE NOT EXISTS (
  SELECT 1 FROM blocks
  WHERE (blocker_id IN (:member_0, :pseudonym_0) AND blocked_id IN (:member_1, :pseudonym_1))
    OR (blocker_id IN (:member_1, :pseudonym_1) AND blocked_id IN (:member_0, :pseudonym_0))
)
AND NOT EXISTS (
  SELECT 1 FROM last_meetings
  WHERE low_id = min(:member_0, :member_1) AND high_id = max(:member_0, :member_1) AND apart_until > :created_at AND apart_until <= :apart_at_most
)
AND NOT EXISTS (
  SELECT 1 FROM matches AS m
  JOIN seats AS a ON a.match_id = m.id AND a.member_id = :member_0
  JOIN seats AS b ON b.match_id = m.id AND b.member_id = :member_1
  WHERE m.state IN (SELECT value FROM json_each(:states))
)
AND NOT EXISTS (
  SELECT 1 FROM restrictions
  WHERE member_id IN (:member_0, :member_1, :pseudonym_0, :pseudonym_1) AND lifted_at IS NULL AND (server_id IS NULL OR server_id = :server_id)
    AND (until IS NULL OR until > :created_at)
)
RETURNING id;

-- name: create_trial
-- No row while the member has a live seat beside somebody else, or waits for one.
INSERT INTO matches (id, kind, server_id, pool, state, agreement, length, room_name, created_at, empty_since, version)
SELECT :id, 'trial', :server_id, :pool, 'inviting', :agreement, :length, :room_name, :created_at, :created_at, 1
WHERE NOT EXISTS (SELECT 1 FROM seats WHERE member_id = :member_id AND live = 1 AND ticket_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = :member_id AND state = 'waiting')
RETURNING id;

-- name: end
-- Once, from a state in which the reason ends a match, and only while the reason applies: a seat that was left was not
-- taken back, only members in `:requeued` have come, and a finished meeting has not resumed.
UPDATE matches SET state = 'ended', reason = :reason, ended_at = :now, version = version + 1,
  parted_at = CASE WHEN together_since IS NULL THEN parted_at ELSE :now END
WHERE id = :match_id AND kind = 'study' AND state IN (SELECT value FROM json_each(:states))
  AND (:reason <> 'declined' OR EXISTS (
    SELECT 1 FROM seats AS s WHERE s.match_id = matches.id AND s.left_at <= :left_before
  ))
  AND (:reason <> 'replaced' OR NOT EXISTS (
    SELECT 1 FROM seats AS s
    WHERE s.match_id = matches.id AND s.entered_at IS NOT NULL
      AND s.member_id NOT IN (SELECT CAST(value AS bigint) FROM json_each(:requeued))
  ))
  AND (:reason <> 'done' OR ends_at <= :ends_before OR empty_since <= :empty_before OR NOT EXISTS (
    SELECT 1 FROM seats AS s WHERE s.match_id = matches.id AND (s.left_at IS NULL OR s.left_at > :left_before)
  ))
RETURNING reason;

-- name: end_unreadable
UPDATE matches SET state = 'ended', reason = CASE state WHEN 'meeting' THEN 'done' ELSE 'no_show' END, ended_at = :now, version = version + 1
WHERE id = :match_id AND state <> 'ended'
RETURNING reason;

-- name: end_trial
-- Whatever has come of it, nobody was missing.
UPDATE matches SET state = 'ended', reason = 'done', ended_at = :now, version = version + 1,
  parted_at = CASE WHEN together_since IS NULL THEN parted_at ELSE :now END
WHERE id = :match_id AND kind = 'trial' AND state <> 'ended'
RETURNING id;

-- name: trials_are_few
-- One row, unless `:limit` trials of the member, or in the server, have begun since `:begun_after`.
SELECT 1 AS ok
WHERE :limit > (SELECT count(*) FROM matches WHERE kind <> 'study' AND server_id = :server_id AND created_at > :begun_after)
  AND :limit > (
    SELECT count(*) FROM seats AS s JOIN matches AS m ON m.id = s.match_id
    WHERE s.member_id IN (:member_id, :pseudonym) AND s.ticket_id IS NULL AND s.side = 0 AND m.created_at > :begun_after
  );

-- name: find_server_trials
-- When the newest trials in a server began.
SELECT created_at FROM matches WHERE kind <> 'study' AND server_id = :server_id AND created_at > :begun_after
ORDER BY created_at DESC LIMIT :limit;

-- name: find_member_trials
-- When the newest trials of a member began, in any server.
SELECT m.created_at FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id IN (:member_id, :pseudonym) AND s.ticket_id IS NULL AND s.side = 0 AND m.created_at > :begun_after
ORDER BY m.created_at DESC LIMIT :limit;

-- name: find_live_trial_in
-- The trial of a member in this server, or anywhere.
SELECT m.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id = :member_id AND s.ticket_id IS NULL AND s.side = 0 AND m.state <> 'ended'
  AND (:server_id IS NULL OR m.server_id = :server_id);

-- name: find_live_trial
-- The one of this member.
SELECT m.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id = :member_id AND s.ticket_id IS NULL AND s.side = 0 AND m.state <> 'ended';

-- name: finished_trials
-- The time is up, or both seats were left.
SELECT m.id FROM matches AS m
WHERE m.state <> 'ended' AND m.kind = 'trial' AND (
  m.created_at <= :created_before OR NOT EXISTS (SELECT 1 FROM seats AS s WHERE s.match_id = m.id AND s.left_at IS NULL)
);

-- name: find_trial
SELECT id, created_at, met_at, ended_at FROM matches WHERE id = :match_id AND kind = 'trial';

-- name: find_latest_trial
-- Of a server.
SELECT id, created_at, met_at, ended_at FROM matches
WHERE server_id = :server_id AND kind <> 'study' ORDER BY created_at DESC LIMIT 1;

-- name: find_trial_links
-- Each link of a trial that has not been replaced by a newer one, with what became of its message, in the order of seats.
SELECT s.side, i.delivered_at, i.delivered_by, i.opened_at, i.redeemed_at, s.entered_at,
  (SELECT o.state FROM outbox AS o WHERE o.match_id = s.match_id AND o.invitation_id = i.id) AS message_state,
  (SELECT o.reason FROM outbox AS o WHERE o.match_id = s.match_id AND o.invitation_id = i.id) AS message_reason
FROM seats AS s JOIN invitations AS i ON i.seat_id = s.id
WHERE s.match_id = :match_id ORDER BY s.side, i.issued_at;

-- name: all_live
SELECT * FROM seat_in_match WHERE id IN (SELECT id FROM matches WHERE state <> 'ended' AND kind = 'study') AND own_side = 0;

-- name: record_reminder
UPDATE matches SET reminded_at = :now, version = version + 1
WHERE id = :match_id AND state = 'inviting' AND reminded_at IS NULL
RETURNING id;

-- name: begin_meeting
-- Both are in the room for the first time. `length` is in minutes; of a trial it counts from the beginning.
UPDATE matches SET state = 'meeting', met_at = :now,
  ends_at = CASE kind WHEN 'trial' THEN created_at ELSE :now END + length * 60000
WHERE room_name = :room_name AND state IN (SELECT value FROM json_each(:states))
  AND 2 = (SELECT count(*) FROM seats WHERE match_id = matches.id AND sid IS NOT NULL AND left_at IS NULL)
RETURNING kind;

-- name: update_presence
-- Since when both members, or nobody, have been in the room, and until when both were; only a change makes a new version.
UPDATE matches SET
  together_since = CASE WHEN p.present = 2 THEN coalesce(together_since, :now) END,
  parted_at = CASE
    WHEN state = 'ended' THEN parted_at WHEN p.present = 2 THEN NULL WHEN together_since IS NULL THEN parted_at ELSE :now
  END,
  empty_since = CASE WHEN p.present = 0 THEN coalesce(empty_since, :now) END,
  version = version + 1
FROM (
  SELECT m.id, count(s.sid) FILTER (WHERE s.left_at IS NULL) AS present
  FROM matches AS m JOIN seats AS s ON s.match_id = m.id WHERE m.room_name = :room_name GROUP BY m.id
) AS p
WHERE matches.id = p.id AND (
  (p.present = 2) <> (matches.together_since IS NOT NULL)
  OR (p.present = 0) <> (matches.empty_since IS NOT NULL)
);

-- name: seat_changed
-- A seat was left or taken back: a new version, and the two are not in the room together.
UPDATE matches SET
  parted_at = CASE WHEN together_since IS NULL THEN parted_at ELSE :now END,
  together_since = NULL,
  empty_since = CASE
    WHEN NOT EXISTS (SELECT 1 FROM seats WHERE match_id = matches.id AND sid IS NOT NULL AND left_at IS NULL) THEN coalesce(empty_since, :now)
  END,
  version = version + 1
WHERE id = (SELECT match_id FROM seats WHERE id = :seat_id);

-- name: move_room
-- When a browser is replaced, the room gets a new name, so that no join token of the old browser works.
UPDATE matches SET room_name = :room_name, together_since = NULL, empty_since = :now, version = version + 1,
  parted_at = CASE WHEN together_since IS NULL THEN parted_at ELSE :now END
WHERE id = :match_id AND EXISTS (SELECT 1 FROM browser_sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: find_by_member
SELECT * FROM seat_in_match WHERE own_member_id = :member_id AND own_live = 1 AND own_ticket_id IS NOT NULL;

-- name: find_by_seat
SELECT * FROM seat_in_match WHERE own_id = :seat_id;

-- name: find_latest_by_member
SELECT * FROM seat_in_match WHERE own_member_id = :member_id AND own_ticket_id IS NOT NULL ORDER BY created_at DESC LIMIT 1;

-- name: seats_to_remind
-- Seats whose members have not come yet and were not reminded; nobody has left the match.
SELECT * FROM seat_in_match
WHERE state <> 'ended' AND state = 'inviting' AND kind = 'study' AND created_at <= :created_before AND reminded_at IS NULL
  AND own_entered_at IS NULL AND own_left_at IS NULL AND partner_left_at IS NULL;

-- name: no_shows
-- One seat of each match in which the two were never in the room together.
SELECT * FROM seat_in_match
WHERE state <> 'ended' AND state = 'inviting' AND kind = 'study' AND created_at <= :created_before AND own_side = 0;

-- name: no_shows_of
-- When the matches ended to which this member did not come, although a link had reached them and a partner could have waited
-- for so long. One that was declined in time is none, nor is one that ended early because its row could not be read.
SELECT m.id, m.ended_at FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE s.member_id = :member_id AND s.entered_at IS NULL AND s.left_at IS NULL
  AND m.state = 'ended' AND m.reason IN ('no_show', 'replaced') AND m.ended_at > :since AND m.ended_at <= :now
  AND m.ended_at - m.created_at >= :missing_for
  AND EXISTS (SELECT 1 FROM invitations WHERE seat_id = s.id AND delivered_at IS NOT NULL);

-- name: left_before_meeting
SELECT * FROM seat_in_match WHERE state <> 'ended' AND state = 'inviting' AND kind = 'study' AND own_left_at <= :left_before;

-- name: finished_meetings
-- Both have left, the room has been empty for a while, or the time is up.
SELECT m.id FROM matches AS m
WHERE m.state <> 'ended' AND m.state = 'meeting' AND m.kind = 'study' AND (
  m.ends_at <= :ends_before
  OR m.empty_since <= :empty_before
  OR NOT EXISTS (SELECT 1 FROM seats AS s WHERE s.match_id = m.id AND (s.left_at IS NULL OR s.left_at > :left_before))
);

-- name: find_to_check_in
-- The seats of a match whose two members were in the room together for long enough, but not that of a member who wants to hear no
-- more of the other.
SELECT v.* FROM matches AS m JOIN seat_in_match AS v ON v.id = m.id
WHERE m.id = :match_id AND v.own_member_id <> v.partner_member_id AND (
  m.together_since <= :together_before
  OR EXISTS (
    SELECT 1 FROM last_meetings
    WHERE low_id = min(v.own_member_id, v.partner_member_id) AND high_id = max(v.own_member_id, v.partner_member_id)
      AND last_at >= m.met_at
  )
)
AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = v.own_member_id AND blocked_id = v.partner_member_id)
AND NOT EXISTS (SELECT 1 FROM reports WHERE match_id = m.id AND side = v.own_side);

-- name: rooms_in_use
-- A row for each seat, given up or not, with its connection as we know it; as many as it has tracks. LEFT, so that no plan
-- begins with all seats.
SELECT m.room_name, m.id AS match_id, s.id AS seat_id, s.sid, s.left_at, t.source, t.track_sid
FROM matches AS m LEFT JOIN seats AS s ON s.match_id = m.id
LEFT JOIN media_times AS t ON t.seat_id = s.id AND t.last_at IS NULL
WHERE m.state <> 'ended';

-- name: pull_back
-- Nothing has happened to a live match ahead of the clock, and it lasts no longer than agreed. `length` is in minutes.
UPDATE matches SET
  created_at = min(created_at, :now), reminded_at = min(reminded_at, :now), met_at = min(met_at, :now),
  together_since = min(together_since, :now), empty_since = min(empty_since, :now), parted_at = min(parted_at, :now),
  ends_at = min(ends_at, :now + length * 60000),
  version = version + 1
WHERE state <> 'ended' AND (created_at > :ahead OR met_at > :ahead OR together_since > :ahead OR empty_since > :ahead);

-- name: count_outcomes
-- What was decided in a server by day: whether two met. Of a no-show the people are those who did not come; a match in which
-- both came, but never together, is none. `members` are those behind a small number: other days may have the same.
WITH decided AS (
  SELECT m.id, coalesce(m.met_at, m.ended_at) / :day_length AS day, CASE
    WHEN m.met_at IS NOT NULL THEN 'met'
    WHEN m.reason = 'no_show' AND EXISTS (SELECT 1 FROM seats AS a WHERE a.match_id = m.id AND a.entered_at IS NULL) THEN 'no_show'
    ELSE 'called_off'
  END AS series
  FROM matches AS m
  WHERE m.server_id = :server_id AND m.kind = 'study' AND coalesce(m.met_at, m.ended_at) >= :since AND coalesce(m.met_at, m.ended_at) < :until
)
SELECT d.day, d.series, '' AS about, count(DISTINCT d.id) AS count, count(DISTINCT s.member_id) AS people,
  CASE WHEN count(DISTINCT s.member_id) < :fewest THEN json_group_array(DISTINCT s.member_id) END AS members
FROM decided AS d JOIN seats AS s ON s.match_id = d.id
WHERE d.series <> 'no_show' OR s.entered_at IS NULL
GROUP BY d.day, d.series;

-- name: count_links
-- How the links came that the outbox sent before it was decided whether the two met, by the day of that.
WITH decided AS (
  SELECT m.id, coalesce(m.met_at, m.ended_at) AS decided_at FROM matches AS m
  WHERE m.server_id = :server_id AND m.kind = 'study' AND coalesce(m.met_at, m.ended_at) >= :since AND coalesce(m.met_at, m.ended_at) < :until
), links AS (
  SELECT d.decided_at / :day_length AS day, CASE i.delivered_by WHEN 'direct' THEN 'direct' ELSE 'not_direct' END AS series, s.member_id
  FROM decided AS d JOIN seats AS s ON s.match_id = d.id JOIN invitations AS i ON i.seat_id = s.id
  WHERE i.delivered_by IS NOT NULL AND i.delivered_at <= d.decided_at
)
SELECT day, series, '' AS about, count(*) AS count, count(DISTINCT member_id) AS people,
  CASE WHEN count(DISTINCT member_id) < :fewest THEN json_group_array(DISTINCT member_id) END AS members
FROM links GROUP BY day, series;

-- name: delete_expired
-- With its seats and their invitations and browser sessions.
DELETE FROM matches WHERE id IN (SELECT id FROM matches WHERE state = 'ended' AND ended_at < :before LIMIT :limit) RETURNING 1;

-- name: export
SELECT * FROM matches WHERE id IN (SELECT match_id FROM seats WHERE member_id IN (:member_id, :pseudonym))
ORDER BY created_at DESC LIMIT :limit;
