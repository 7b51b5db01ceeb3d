-- Who runs which loop. A lease holds until `expires_at`. One that ends later than `:latest`, further ahead than any can be
-- made, was made while the clock was ahead, and is void.

-- name: acquire
-- Renewed by its holder, or taken over when it has expired, is void, or its holder is known to be dead: the holder kept
-- the lease's lock, and now we have that. A lock that is held proves nothing, because a frozen process keeps it.
-- Each new holder gets a higher fence. No row: held by another.
INSERT INTO leases (name, holder, fence, expires_at, locked) VALUES (:name, :holder, 1, :expires_at, :locked)
ON CONFLICT (name) DO UPDATE SET
  fence = leases.fence
    + CASE WHEN leases.holder = excluded.holder AND leases.expires_at > :now AND leases.expires_at <= :latest THEN 0 ELSE 1 END,
  holder = excluded.holder, expires_at = excluded.expires_at, locked = excluded.locked,
  stepped_at = coalesce(:stepped_at, leases.stepped_at)
WHERE leases.holder = excluded.holder OR leases.expires_at <= :now OR leases.expires_at > :latest
  OR (leases.locked = 1 AND excluded.locked = 1)
RETURNING fence;

-- name: release
UPDATE leases SET expires_at = :released_at, locked = 0 WHERE name = :name AND holder = :holder;

-- name: release_all
-- In a copy: no process has ever used it.
UPDATE leases SET expires_at = :released_at, locked = 0;

-- name: guard
-- The first statement of every list that a leader writes. No row: not the leader any more.
UPDATE leases SET fence = fence WHERE name = :name AND fence = :fence AND expires_at > :now AND expires_at <= :latest
RETURNING fence;

-- name: all
SELECT * FROM leases ORDER BY name;
