-- Queries whose body in PostgreSQL differs from that in SQLite; parameters and columns of the result are the same.

-- name: tickets.waiting_versions
SELECT coalesce(json_object_agg(t.id, t.version), '{}')::text AS versions
FROM servers AS s JOIN tickets AS t ON t.server_id = s.server_id
WHERE s.open = 1 AND s.left_at IS NULL AND t.state = 'waiting' AND CASE
  WHEN s.audience IN ('mixed', 'unsure')
  THEN EXISTS (
    SELECT 1 FROM memberships AS k
    WHERE k.server_id = t.server_id AND k.member_id = t.member_id AND k.told_at BETWEEN :told_after AND :now
      AND t.pool = k.server_id || ':' || k.age_group
  )
  ELSE t.pool = CAST(t.server_id AS text)
END
AND t.id NOT IN (
  SELECT w.id FROM restrictions AS r
  JOIN tickets AS w ON w.member_id = r.member_id AND w.state = 'waiting' AND (r.server_id IS NULL OR w.server_id = r.server_id)
  WHERE coalesce(r.lifted_at, r.until) > :now AND r.lifted_at IS NULL
);

-- name: tickets.erase
UPDATE tickets SET member_id = CASE state WHEN 'matched' THEN :pseudonym ELSE :nobody END, name = '', locale = '', wishes = json_build_object('subject', subject)::text
WHERE member_id = :member_id AND state <> 'waiting' RETURNING id;
