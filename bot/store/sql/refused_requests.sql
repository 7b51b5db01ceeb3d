-- How many requests Discord has refused.

-- name: add
INSERT INTO refused_requests (holder, noted_at, count) VALUES (:holder, :noted_at, :count)
ON CONFLICT (holder, noted_at) DO UPDATE SET count = refused_requests.count + excluded.count;

-- name: delete_expired
-- Also what was noted while the clock was ahead.
DELETE FROM refused_requests WHERE (holder, noted_at) IN (
  SELECT holder, noted_at FROM refused_requests WHERE noted_at < :before OR noted_at > :after LIMIT :limit
)
RETURNING 1;

-- name: others
SELECT * FROM refused_requests WHERE holder <> :holder AND noted_at >= :noted_after AND noted_at <= :noted_before;
