-- Invariants of the store: each query returns the rows that violate one.

-- name: waits_twice
SELECT member_id FROM tickets WHERE state = 'waiting' GROUP BY member_id HAVING count(*) > 1;

-- name: two_live_seats
SELECT member_id FROM seats WHERE live = 1 AND ticket_id IS NOT NULL GROUP BY member_id HAVING count(*) > 1;

-- name: two_live_trials
SELECT member_id FROM seats WHERE live = 1 AND ticket_id IS NULL GROUP BY member_id, side HAVING count(*) > 1;

-- name: trial_with_a_ticket_or_a_partner
SELECT m.id FROM matches AS m JOIN seats AS s ON s.match_id = m.id
GROUP BY m.id, m.kind HAVING (m.kind = 'trial') <> (count(s.ticket_id) = 0) OR (m.kind = 'trial') <> (count(DISTINCT s.member_id) = 1);

-- name: waits_with_live_seat
SELECT s.member_id FROM seats AS s JOIN tickets AS t ON t.member_id = s.member_id
WHERE s.live = 1 AND s.ticket_id IS NOT NULL AND t.state = 'waiting';

-- name: live_seat_in_ended_match
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE m.state = 'ended' AND s.live = 1;

-- name: seat_neither_live_nor_left
SELECT s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state <> 'ended' AND (s.live = 1) = (s.left_at IS NOT NULL);

-- name: match_without_two_seats
SELECT m.id FROM matches AS m WHERE 2 <> (SELECT count(*) FROM seats WHERE match_id = m.id);

-- name: seat_without_spent_ticket
SELECT s.id FROM seats AS s JOIN tickets AS t ON t.id = s.ticket_id
WHERE t.state <> 'matched' OR (t.member_id <> s.member_id AND t.member_id >= 0); -- who has deleted their data has negative ids

-- name: ticket_spent_without_seat
SELECT id FROM tickets WHERE state = 'matched' AND id NOT IN (SELECT ticket_id FROM seats WHERE ticket_id IS NOT NULL);

-- name: waiting_ticket_with_end
SELECT id FROM tickets WHERE (state = 'waiting') <> (ended_at IS NULL);

-- name: match_without_two_invitations
-- A seat whose member has deleted their data has no name.
SELECT m.id FROM matches AS m WHERE 2 <> (SELECT count(*) FROM outbox WHERE match_id = m.id AND kind = 'invitation')
  AND NOT EXISTS (SELECT 1 FROM seats AS s WHERE s.match_id = m.id AND s.name = '');

-- name: waits_or_sits_under_a_pseudonym
SELECT member_id FROM tickets WHERE state = 'waiting' AND member_id < 0
UNION SELECT member_id FROM seats WHERE live = 1 AND member_id < 0;

-- name: open_link_to_dead_seat
SELECT i.id FROM invitations AS i JOIN seats AS s ON s.id = i.seat_id WHERE i.state = 'open' AND s.live = 0;

-- name: active_session_on_dead_seat
SELECT b.id FROM browser_sessions AS b JOIN seats AS s ON s.id = b.seat_id WHERE b.state = 'active' AND s.live = 0;

-- name: redeemed_link_without_session
-- Who has deleted their data has neither an attempt nor a session.
SELECT i.id FROM invitations AS i
WHERE i.state = 'redeemed' AND NOT (i.attempt_hash IS NULL AND i.session_id IS NULL)
  AND NOT EXISTS (SELECT 1 FROM browser_sessions AS b WHERE b.id = i.session_id);

-- name: session_without_redeemed_link
SELECT id FROM browser_sessions WHERE id NOT IN (SELECT session_id FROM invitations WHERE session_id IS NOT NULL);

-- name: together_after_leaving
SELECT m.id FROM matches AS m JOIN seats AS s ON s.match_id = m.id WHERE s.left_at IS NOT NULL AND m.together_since IS NOT NULL;

-- name: room_of_ended_match_not_closed
SELECT id FROM matches WHERE state = 'ended' AND room_name NOT IN (SELECT room_name FROM room_orders WHERE action = 'close');

-- name: link_pending_for_ended_match
SELECT o.id FROM outbox AS o JOIN matches AS m ON m.id = o.match_id
WHERE m.state = 'ended' AND o.state = 'pending' AND o.kind IN ('card', 'invitation', 'reminder', 'new_link');

-- name: seat_kept_beside_a_blocked_member
SELECT own.match_id FROM seats AS own
JOIN seats AS partner ON partner.match_id = own.match_id
JOIN blocks ON blocks.blocker_id = own.member_id AND blocks.blocked_id = partner.member_id
WHERE own.live = 1;

-- name: matched_while_kept_apart
SELECT a.match_id FROM seats AS a
JOIN seats AS b ON b.match_id = a.match_id
JOIN matches AS m ON m.id = a.match_id
JOIN last_meetings AS l ON l.low_id = a.member_id AND l.high_id = b.member_id
WHERE m.created_at > l.last_at AND m.created_at < l.apart_until;

-- name: two_matches_before_meeting
SELECT a.member_id FROM seats AS a
JOIN seats AS b ON b.match_id = a.match_id AND b.member_id > a.member_id
JOIN matches AS m ON m.id = a.match_id AND m.state = 'inviting'
GROUP BY a.member_id, b.member_id HAVING count(*) > 1;

-- name: match_state_contradicts_its_times
SELECT id FROM matches
WHERE (state = 'ended') = (ended_at IS NULL)
  OR (state = 'ended') = (reason IS NULL)
  OR (state = 'meeting' AND met_at IS NULL)
  OR (met_at IS NULL) <> (ends_at IS NULL);
