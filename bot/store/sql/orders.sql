-- name: close
-- The room of a match that has ended.
INSERT INTO room_orders (room_name, action) SELECT room_name, 'close' FROM matches WHERE id = :match_id;

-- name: close_replaced
-- The room whose name a replaced browser knows.
INSERT INTO room_orders (room_name, action)
SELECT room_name, 'close' FROM matches
WHERE id = :match_id AND EXISTS (SELECT 1 FROM sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: remove
-- Somebody who has left for good.
INSERT INTO room_orders (room_name, action, identity)
SELECT m.room_name, 'remove', s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE s.id = :seat_id;

-- name: take_back
-- Somebody who has left took it back: they stay.
UPDATE room_orders SET done_at = :now WHERE done_at IS NULL AND identity = :seat_id;

-- name: due
-- What is still to be carried out, oldest first.
SELECT * FROM room_orders WHERE done_at IS NULL ORDER BY id LIMIT :most;

-- name: done
-- Carried out.
UPDATE room_orders SET done_at = :now WHERE id = :id AND done_at IS NULL;

-- name: forget
-- Orders carried out are kept for a day.
DELETE FROM room_orders WHERE done_at < :before;
