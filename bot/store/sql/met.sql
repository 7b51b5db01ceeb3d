-- name: around
-- When these members last met somebody who waits.
SELECT met.low_id, met.high_id, met.last_at FROM json_each(:members) AS m JOIN met ON met.low_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = met.high_id AND state = 'waiting')
UNION
SELECT met.low_id, met.high_id, met.last_at FROM json_each(:members) AS m JOIN met ON met.high_id = m.value
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = met.low_id AND state = 'waiting');
