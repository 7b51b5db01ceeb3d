-- Who never wants to meet whom.

-- name: add
INSERT INTO blocks (blocker_id, blocked_id, since) VALUES (:blocker_id, :blocked_id, :now)
ON CONFLICT (blocker_id, blocked_id) DO NOTHING;

-- name: no_seat_beside
-- One row, unless the blocker has a live seat in a match with the blocked member.
SELECT 1 AS ok WHERE NOT EXISTS (
  SELECT 1 FROM seats AS own JOIN seats AS partner ON partner.match_id = own.match_id
  WHERE own.member_id = :blocker_id AND own.live = 1 AND partner.member_id = :blocked_id
);

-- name: remove
-- Either may have deleted their data.
DELETE FROM blocks WHERE blocker_id IN (:blocker_id, :blocker_pseudonym) AND blocked_id IN (:blocked_id, :blocked_pseudonym)
RETURNING blocked_id;

-- name: blocked_by
SELECT blocked_id FROM blocks WHERE blocker_id = :blocker_id ORDER BY since DESC, blocked_id;

-- name: find_with_waiting
-- The blocks between these members and everybody who waits.
SELECT b.blocker_id, b.blocked_id FROM json_each(:member_ids) AS m JOIN blocks AS b ON b.blocker_id = CAST(m.value AS bigint)
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocked_id AND state = 'waiting')
UNION
SELECT b.blocker_id, b.blocked_id FROM json_each(:member_ids) AS m JOIN blocks AS b ON b.blocked_id = CAST(m.value AS bigint)
WHERE EXISTS (SELECT 1 FROM tickets WHERE member_id = b.blocker_id AND state = 'waiting');

-- name: copy_renamed
-- Under the other name of a member, who is blocker or blocked.
INSERT INTO blocks (blocker_id, blocked_id, since)
SELECT
  CASE WHEN blocker_id = :former_id THEN :latter_id ELSE blocker_id END,
  CASE WHEN blocked_id = :former_id THEN :latter_id ELSE blocked_id END, since
FROM blocks WHERE blocker_id = :former_id OR blocked_id = :former_id
ON CONFLICT (blocker_id, blocked_id) DO NOTHING;

-- name: delete_former
DELETE FROM blocks WHERE blocker_id = :former_id OR blocked_id = :former_id;

-- name: export
-- Of the blocked, only the name under which the member has met them, while that is kept.
SELECT b.since, (
  SELECT partner.name FROM seats AS own JOIN seats AS partner ON partner.match_id = own.match_id
  WHERE own.member_id = b.blocker_id AND partner.member_id = b.blocked_id AND partner.name <> '' LIMIT 1
) AS blocked_name
FROM blocks AS b WHERE b.blocker_id IN (:member_id, :pseudonym) ORDER BY b.since DESC LIMIT :limit;
