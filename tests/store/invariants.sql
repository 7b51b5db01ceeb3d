-- What must never be found in a ledger: each question answers with the offenders.

-- name: waits_twice
SELECT member_id FROM tickets WHERE state = 'waiting' GROUP BY 1 HAVING count(*) > 1;

-- name: sits_twice
SELECT member_id FROM seats WHERE live = 1 GROUP BY 1 HAVING count(*) > 1;

-- name: waits_and_sits
SELECT member_id FROM seats JOIN tickets USING (member_id) WHERE live = 1 AND state = 'waiting';

-- name: seat_of_an_ended_match_is_live
SELECT s.id
FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state = 'ended' AND s.live = 1;

-- name: seat_left_and_live_or_neither
SELECT s.id
FROM seats AS s JOIN matches AS m ON m.id = s.match_id
WHERE m.state <> 'ended' AND s.live = (s.left_at IS NOT NULL);

-- name: match_without_two_seats
SELECT m.id FROM matches AS m WHERE 2 <> (SELECT count(*) FROM seats WHERE match_id = m.id);

-- name: seat_without_a_spent_ticket
SELECT s.id
FROM seats AS s JOIN tickets AS t ON t.id = s.ticket_id
WHERE t.state <> 'matched' OR t.member_id <> s.member_id;

-- name: ticket_spent_on_nothing
SELECT id FROM tickets WHERE state = 'matched' AND id NOT IN (SELECT ticket_id FROM seats);

-- name: match_without_two_messages
SELECT m.id
FROM matches AS m
WHERE 2 <> (SELECT count(*)
FROM outbox
WHERE match_id = m.id AND kind = 'invitation');

-- name: link_to_a_seat_given_up
SELECT i.id
FROM invitations AS i JOIN seats AS s ON s.id = i.seat_id
WHERE i.state = 'open' AND s.live = 0;

-- name: session_on_a_seat_given_up
SELECT x.id
FROM browser_sessions AS x JOIN seats AS s ON s.id = x.seat_id
WHERE x.state = 'active' AND s.live = 0;

-- name: spent_link_without_session
SELECT id FROM invitations WHERE state = 'redeemed' AND session_id NOT IN (SELECT id FROM browser_sessions);

-- name: session_without_a_spent_link
SELECT id
FROM browser_sessions
WHERE id NOT IN (SELECT session_id
FROM invitations
WHERE session_id IS NOT NULL);

-- name: present_and_left
SELECT id FROM seats WHERE left_at IS NOT NULL AND sid IS NOT NULL;

-- name: ended_match_whose_room_stays
SELECT id
FROM matches
WHERE state = 'ended' AND room_name NOT IN (SELECT room_name
FROM room_orders
WHERE action = 'close');

-- name: link_on_its_way_to_an_ended_match
SELECT o.id
FROM outbox AS o JOIN matches AS m ON m.id = o.match_id
WHERE m.state = 'ended' AND o.state = 'pending'
  AND o.kind IN ('card', 'invitation', 'reminder', 'new_link');

-- name: blocked_and_together
SELECT a.match_id
FROM seats AS a
  JOIN seats AS b ON b.match_id = a.match_id JOIN matches AS m ON m.id = a.match_id
  JOIN blocks ON blocker_id = a.member_id AND blocked_id = b.member_id
WHERE m.state <> 'ended';

-- name: state_that_does_not_fit_its_times
SELECT id
FROM matches
WHERE (state = 'ended') = (ended_at IS NULL)
  OR (state = 'ended') = (reason IS NULL)
  OR (state = 'meeting' AND met_at IS NULL) OR (met_at IS NULL) <> (ends_at IS NULL);
