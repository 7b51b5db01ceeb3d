-- name: guards
-- The unique indexes we named, by the columns SQLite speaks of when one says no.
SELECT i.name AS name, group_concat(t.name || '.' || c.name, ', ') AS columns
FROM sqlite_schema AS t
JOIN pragma_index_list(t.name) AS i
JOIN pragma_index_info(i.name) AS c
WHERE t.type = 'table' AND i."unique" = 1 AND i.origin = 'c'
GROUP BY i.name;

-- name: probe
-- A write that really reaches the disk and says nothing, to learn whether writing works.
INSERT INTO facts (name, value) VALUES ('written', '0') ON CONFLICT (name) DO UPDATE SET value = 1 - facts.value;
