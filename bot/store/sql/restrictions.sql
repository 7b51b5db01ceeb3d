-- What keeps members from being matched because of what they did.

-- name: add
INSERT INTO restrictions (id, member_id, server_id, kind, since, until, report_id)
VALUES (:id, :member_id, :server_id, :kind, :since, :until, :report_id)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: lift
UPDATE restrictions SET lifted_at = :now WHERE id = :id AND lifted_at IS NULL AND (until IS NULL OR until > :now) RETURNING member_id;

-- name: find_active
-- Of a member, under their id or their pseudonym.
SELECT * FROM restrictions
WHERE member_id IN (:member_id, :pseudonym) AND lifted_at IS NULL
  AND (server_id IS NULL OR server_id = :server_id) AND since <= :now AND (until IS NULL OR until > :now);

-- name: not_restricted
-- One row, unless the member cannot be matched in this server.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM restrictions
  WHERE member_id IN (:member_id, :pseudonym) AND lifted_at IS NULL
    AND (server_id IS NULL OR server_id = :server_id) AND since <= :now AND (until IS NULL OR until > :now)
);

-- name: none_bans_from
-- One row, unless the member is banned from this server, or from all of them.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM restrictions
  WHERE member_id IN (:member_id, :pseudonym) AND kind = 'ban' AND lifted_at IS NULL
    AND (server_id IS NULL OR server_id = :server_id) AND since <= :now AND (until IS NULL OR until > :now)
);

-- name: not_banned
-- One row, unless the member is banned in this server alone.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM restrictions
  WHERE member_id IN (:member_id, :pseudonym) AND kind = 'ban' AND server_id = :server_id AND lifted_at IS NULL
);

-- name: is_banned
-- One row if the member is banned in this server alone.
SELECT 1 AS ok WHERE EXISTS (
  SELECT 1 FROM restrictions
  WHERE member_id IN (:member_id, :pseudonym) AND kind = 'ban' AND server_id = :server_id AND lifted_at IS NULL
);

-- name: lift_bans
-- All bans of a member in this server; those in all servers are the operator's.
UPDATE restrictions SET lifted_at = :now
WHERE member_id IN (:member_id, :pseudonym) AND kind = 'ban' AND server_id = :server_id AND lifted_at IS NULL;

-- name: lift_by_report
-- With `:kinds`, what a report has led to ends.
UPDATE restrictions SET lifted_at = :now
WHERE report_id = :report_id AND lifted_at IS NULL AND (until IS NULL OR until > :now) AND kind IN (SELECT value FROM json_each(:kinds));

-- name: lift_other_holds
-- Of a report, when the hold `:id` takes their place.
UPDATE restrictions SET lifted_at = :now
WHERE report_id = :report_id AND kind = 'hold' AND id <> :id AND lifted_at IS NULL AND until > :now;

-- name: find_hold
-- The hold of a report that lasts.
SELECT until FROM restrictions WHERE report_id = :report_id AND kind = 'hold' AND lifted_at IS NULL AND until > :now LIMIT 1;

-- name: delete_holds
-- Of a report that is undone, or severe no more, before its hold has begun.
DELETE FROM restrictions WHERE report_id = :report_id AND kind = 'hold';

-- name: find_undecided_holds
-- Holds of a member in a server that have begun and about which nobody has decided, ended ones too.
SELECT h.id, h.until FROM restrictions AS h JOIN reports AS r ON r.id = h.report_id
WHERE h.kind = 'hold' AND h.member_id IN (:member_id, :pseudonym) AND h.server_id = :server_id
  AND h.since <= :now AND h.lifted_at IS NULL AND r.decided_at IS NULL;

-- name: undecided_holds_are
-- One row, unless one of these holds has begun or ended meanwhile.
SELECT 1 AS ok WHERE :count = (
  SELECT count(*) FROM restrictions AS h JOIN reports AS r ON r.id = h.report_id
  WHERE h.kind = 'hold' AND h.member_id IN (:member_id, :pseudonym) AND h.server_id = :server_id
    AND h.since <= :now AND h.lifted_at IS NULL AND r.decided_at IS NULL
);

-- name: find_begun
-- Those in force whose member waits still.
SELECT r.id, r.member_id, r.server_id FROM restrictions AS r
WHERE coalesce(r.lifted_at, r.until) > :now AND r.lifted_at IS NULL AND r.since <= :now AND EXISTS (
  SELECT 1 FROM tickets AS t WHERE t.member_id = r.member_id AND t.state = 'waiting' AND (r.server_id IS NULL OR t.server_id = r.server_id)
) LIMIT :limit;

-- name: pull_back
-- None begins later than a report can be undone, and a hold not before; each lasts as long as it did.
UPDATE restrictions SET
  until = until - (since - :now) + CASE kind WHEN 'hold' THEN :undo_report_for ELSE 0 END,
  since = :now + CASE kind WHEN 'hold' THEN :undo_report_for ELSE 0 END
WHERE since > :ahead + :undo_report_for AND lifted_at IS NULL;

-- name: delete_expired
DELETE FROM restrictions WHERE id IN (
  SELECT id FROM restrictions WHERE coalesce(lifted_at, until) < :before LIMIT :limit
) RETURNING 1;

-- name: erase
UPDATE restrictions SET member_id = :pseudonym WHERE member_id = :member_id;

-- name: recognize
UPDATE restrictions SET member_id = :member_id WHERE member_id = :pseudonym;

-- name: export
-- Until when, only of those in force, and not of a hold: its end could tell when somebody wrote a report.
SELECT server_id, kind, in_force, CASE WHEN in_force = 1 AND kind <> 'hold' THEN until END AS until FROM (
  SELECT r.*, CASE WHEN lifted_at IS NULL AND (until IS NULL OR until > :now) THEN 1 ELSE 0 END AS in_force
  FROM restrictions AS r WHERE r.member_id IN (:member_id, :pseudonym) AND r.since <= :now
) AS own ORDER BY id LIMIT :limit;
