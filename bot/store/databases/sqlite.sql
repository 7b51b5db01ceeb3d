-- Queries that work in SQLite only.

-- name: unique_indexes
-- The unique indexes that we named, by the columns that SQLite mentions when one is violated.
SELECT i.name AS name, group_concat(t.name || '.' || c.name, ', ') AS columns
FROM sqlite_schema AS t
JOIN pragma_index_list(t.name) AS i
JOIN pragma_index_info(i.name) AS c
WHERE t.type = 'table' AND i."unique" = 1 AND i.origin = 'c'
GROUP BY i.name;
