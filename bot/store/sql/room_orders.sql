-- What LiveKit is to do with rooms.

-- name: close_by_match
INSERT INTO room_orders (room_name, action) SELECT room_name, 'close' FROM matches WHERE id = :match_id;

-- name: close_replaced
-- Close the room that a replaced browser could still enter.
INSERT INTO room_orders (room_name, action)
SELECT room_name, 'close' FROM matches
WHERE id = :match_id AND EXISTS (SELECT 1 FROM browser_sessions WHERE seat_id = :seat_id AND state = 'active');

-- name: remove_by_seat
-- The identity in the room is the seat's id.
INSERT INTO room_orders (room_name, action, identity)
SELECT m.room_name, 'remove', s.id FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE s.id = :seat_id;

-- name: cancel_by_seat
-- Leaving was undone: nobody is to be removed.
UPDATE room_orders SET done_at = :now WHERE done_at IS NULL AND identity = :seat_id;

-- name: find_due
SELECT * FROM room_orders WHERE done_at IS NULL ORDER BY id LIMIT :limit;

-- name: find_one_due
SELECT id FROM room_orders WHERE id = :order_id AND done_at IS NULL;

-- name: mark_done
UPDATE room_orders SET done_at = :now WHERE id = :order_id AND done_at IS NULL;

-- name: delete_expired
DELETE FROM room_orders WHERE id IN (SELECT id FROM room_orders WHERE done_at IS NOT NULL AND done_at < :before LIMIT :limit) RETURNING 1;
