-- What each running process needs and whether it has it.

-- name: record
-- `since` stays while the word stays ready, or stays not ready.
INSERT INTO readiness (holder, word, reason, since, seen_at) VALUES (:holder, :word, :reason, :now, :now)
ON CONFLICT (holder, word) DO UPDATE SET
  since = CASE WHEN (readiness.reason IS NULL) = (excluded.reason IS NULL) THEN readiness.since ELSE excluded.since END,
  reason = excluded.reason, seen_at = excluded.seen_at;

-- name: forget
DELETE FROM readiness WHERE holder = :holder;

-- name: forget_dead
-- Before a lease is acquired: its holder kept the lease's lock, and now we have that, so it is dead.
DELETE FROM readiness
WHERE :locked = 1 AND holder = (SELECT holder FROM leases WHERE name = :name AND holder <> :holder AND locked = 1);

-- name: forget_all
-- In a copy: no process has ever used it.
DELETE FROM readiness;

-- name: forget_old
-- Also what was seen while the clock was ahead.
DELETE FROM readiness WHERE seen_at < :seen_before OR seen_at > :seen_after;

-- name: all
SELECT * FROM readiness ORDER BY holder, word;
