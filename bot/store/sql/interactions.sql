-- name: save
-- The newest interaction of a member, and the newest whose answer is their card.
INSERT INTO interactions (member_id, card, sealed, opened_at) VALUES (:member_id, :card, :sealed, :now)
ON CONFLICT (member_id, card) DO UPDATE SET sealed = excluded.sealed, opened_at = excluded.opened_at;

-- name: find_card
-- The interaction whose answer is the member's card.
SELECT * FROM interactions WHERE member_id = :member_id AND card = 1 AND opened_at > :after;

-- name: find_newest
-- The newest interaction of a member.
SELECT * FROM interactions WHERE member_id = :member_id AND opened_at > :after ORDER BY opened_at DESC LIMIT 1;

-- name: forget
-- Their tokens are worth nothing after a quarter of an hour.
DELETE FROM interactions WHERE opened_at < :before;
