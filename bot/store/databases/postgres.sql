-- Queries whose body in PostgreSQL differs from that in SQLite; parameters and columns of the result are the same.

-- name: tickets.waiting_versions
SELECT coalesce(json_object_agg(t.id, t.version), '{}')::text AS versions
FROM servers AS s JOIN tickets AS t ON t.server_id = s.server_id
WHERE s.open = 1 AND s.left_at IS NULL AND t.state = 'waiting';
