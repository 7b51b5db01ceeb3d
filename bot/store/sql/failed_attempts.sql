-- Failed attempts of clients. Those of the last window count. What lies further ahead than a window is from a clock that
-- was wrong, and does not.

-- name: find_limiting
-- The attempt that must leave the window before another counts; no row while fewer than the limit do. `:others` is one less.
SELECT failed_at FROM failed_attempts WHERE client_hash = :client_hash AND failed_at > :since AND failed_at < :until
ORDER BY failed_at DESC LIMIT 1 OFFSET :others;

-- name: record
-- No row when as many count already as may. Of all concurrent attempts, no more than that get a row.
INSERT INTO failed_attempts (id, client_hash, failed_at)
SELECT :id, :client_hash, :now WHERE NOT EXISTS (
  SELECT 1 FROM failed_attempts WHERE client_hash = :client_hash AND failed_at > :since AND failed_at < :until
  LIMIT 1 OFFSET :others
)
RETURNING id;

-- name: delete_expired
DELETE FROM failed_attempts WHERE id IN (SELECT id FROM failed_attempts WHERE failed_at < :before LIMIT :limit) RETURNING 1;
