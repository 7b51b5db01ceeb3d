-- How many requests Discord has refused.

-- name: add
INSERT INTO refused_requests (holder, noted_at, count) VALUES (:holder, :noted_at, :count)
ON CONFLICT (holder, noted_at) DO UPDATE SET count = refused_requests.count + excluded.count;

-- name: forget_old
-- Also what was noted while the clock was ahead.
DELETE FROM refused_requests WHERE noted_at < :noted_before OR noted_at > :noted_after;

-- name: others
SELECT * FROM refused_requests WHERE holder <> :holder;
