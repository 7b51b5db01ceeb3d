-- Who runs which loop.

-- name: acquire
-- Renewed by its holder, or taken over when it has expired; each new holder gets a higher fence. No row: held by another.
INSERT INTO leases (name, holder, fence, expires_at) VALUES (:name, :holder, 1, :expires_at)
ON CONFLICT (name) DO UPDATE SET
  fence = CASE WHEN leases.holder = excluded.holder AND leases.expires_at > :now THEN leases.fence ELSE leases.fence + 1 END,
  holder = excluded.holder, expires_at = excluded.expires_at
WHERE leases.holder = excluded.holder OR leases.expires_at <= :now
RETURNING fence;

-- name: release
UPDATE leases SET expires_at = 0 WHERE name = :name AND holder = :holder;

-- name: guard
-- The first statement of every list that a leader writes. No row: not the leader any more.
UPDATE leases SET fence = fence WHERE name = :name AND fence = :fence AND expires_at > :now
RETURNING fence;
