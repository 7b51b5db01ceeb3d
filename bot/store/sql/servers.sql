-- The settings of Discord servers.

-- name: get
SELECT * FROM servers WHERE server_id = :server_id;

-- name: save
-- All settings at once, only over the version at which they were read; version 0 is a server not yet known.
INSERT INTO servers (server_id, name, audience, channel_id, role_id, panel_message_id, subjects, lengths, languages, paused, open, locale, version)
SELECT :server_id, :name, :audience, :channel_id, :role_id, :panel_message_id, :subjects, :lengths, :languages, :paused, :open, :locale, :expected_version + 1
WHERE :expected_version = coalesce((SELECT version FROM servers WHERE server_id = :server_id), 0)
ON CONFLICT (server_id) DO UPDATE SET
  name = excluded.name, audience = excluded.audience, channel_id = excluded.channel_id, role_id = excluded.role_id,
  panel_message_id = excluded.panel_message_id, subjects = excluded.subjects, lengths = excluded.lengths,
  languages = excluded.languages, paused = excluded.paused, open = excluded.open, locale = excluded.locale, version = excluded.version
WHERE servers.version = :expected_version
RETURNING version;
