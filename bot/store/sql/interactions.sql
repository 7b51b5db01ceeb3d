-- A member's newest interactions with Discord.

-- name: save
-- Of two that come at once the later one counts, even if it is answered first; for one message both may be answered.
INSERT INTO interactions (member_id, card, encrypted_token, opened_at, message_id, outbox_id)
VALUES (:member_id, :card, :encrypted_token, :opened_at, :message_id, :outbox_id)
ON CONFLICT (member_id, card, outbox_id) DO UPDATE SET
  encrypted_token = excluded.encrypted_token, opened_at = excluded.opened_at, message_id = excluded.message_id
WHERE excluded.opened_at >= interactions.opened_at OR excluded.message_id = interactions.message_id;

-- name: close
-- The newest interaction counts as open while its `message_id` is NULL: 0 stands for whatever has answered it.
UPDATE interactions SET message_id = 0
WHERE member_id = :member_id AND card = 0 AND outbox_id = '' AND encrypted_token = :encrypted_token;

-- name: find_card
SELECT * FROM interactions WHERE member_id = :member_id AND card = 1 AND opened_at > :opened_after;

-- name: find_newest
SELECT * FROM interactions WHERE member_id = :member_id AND opened_at > :opened_after ORDER BY opened_at DESC LIMIT 1;

-- name: find_follow_up
SELECT * FROM interactions WHERE member_id = :member_id AND card = 0 AND outbox_id = :outbox_id AND opened_at > :opened_after;

-- name: find_unanswered
-- The interactions that have opened a waiting ticket without becoming the member's card: their process has ended between.
-- If the member has used something else meanwhile, the interaction is not the one that has opened it; then a card that was
-- shown since the ticket was opened tells that this one was answered.
SELECT opening.*, ticket.server_id, ticket.locale
FROM tickets AS ticket JOIN interactions AS opening ON opening.member_id = ticket.member_id
WHERE ticket.state = 'waiting' AND ticket.front = 0
  AND opening.card = 0 AND opening.outbox_id = '' AND opening.opened_at < :opened_before
  AND ticket.waiting_since BETWEEN opening.opened_at AND opening.opened_at + :cut_off_after
  AND NOT EXISTS (
    SELECT 1 FROM interactions AS shown
    WHERE shown.member_id = ticket.member_id AND shown.card = 1 AND shown.opened_at >= opening.opened_at
  )
  AND NOT EXISTS (
    SELECT 1 FROM outbox AS card WHERE card.id = 'card:' || ticket.member_id AND card.settled_at >= ticket.waiting_since
  );

-- name: delete_expired
DELETE FROM interactions WHERE (member_id, card, outbox_id) IN (
  SELECT member_id, card, outbox_id FROM interactions WHERE opened_at < :before LIMIT :limit
) RETURNING 1;

-- name: pull_back
UPDATE interactions SET opened_at = :now WHERE opened_at > :ahead;

-- name: erase
DELETE FROM interactions WHERE member_id = :member_id;

-- name: export
SELECT * FROM interactions WHERE member_id = :member_id ORDER BY opened_at DESC LIMIT :limit;

-- name: none_since
-- One row, unless the member has used something since then.
SELECT 1 AS ok WHERE NOT EXISTS (SELECT 1 FROM interactions WHERE member_id = :member_id AND opened_at > :deleted_at);
