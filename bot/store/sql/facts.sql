-- name: get
-- One fact about this installation.
SELECT value FROM facts WHERE name = :name;

-- name: keep
-- The newer value holds.
INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
