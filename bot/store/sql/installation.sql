-- Values of this installation, by name.

-- name: get
SELECT value FROM installation WHERE name = :name;

-- name: set
INSERT INTO installation (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: replace
-- Only what was read: whoever was faster wins.
INSERT INTO installation (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE installation.value = :former;

-- name: probe_writing
-- A meaningless write that really reaches the disk, to check that writing works.
INSERT INTO installation (name, value) VALUES ('probe', '0')
ON CONFLICT (name) DO UPDATE SET value = CASE installation.value WHEN '0' THEN '1' ELSE '0' END;
