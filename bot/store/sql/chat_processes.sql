-- The chat processes, which share what Discord allows the bot's token.

-- name: record
INSERT INTO chat_processes (holder, place, token_digest, token_refused, shard_ids, shard_count, seen_at)
VALUES (:holder, :place, :token_digest, :token_refused, :shard_ids, :shard_count, :now)
ON CONFLICT (holder) DO UPDATE SET
  token_refused = excluded.token_refused, shard_ids = excluded.shard_ids, shard_count = excluded.shard_count, seen_at = excluded.seen_at;

-- name: forget
DELETE FROM chat_processes WHERE holder = :holder;

-- name: forget_all
-- In a copy: no process has ever used it.
DELETE FROM chat_processes;

-- name: forget_old
-- Also what was seen while the clock was ahead.
DELETE FROM chat_processes WHERE seen_at < :seen_before OR seen_at > :seen_after;

-- name: others
SELECT * FROM chat_processes
WHERE token_digest = :token_digest AND holder <> :holder AND seen_at >= :seen_after AND seen_at <= :seen_before
ORDER BY holder;

-- name: forget_dead
-- As readiness.forget_dead: it uses nothing of what Discord allows any more.
DELETE FROM chat_processes
WHERE :locked = 1 AND holder = (SELECT holder FROM leases WHERE name = :name AND holder <> :holder AND locked = 1);
