-- The settings of Discord servers.

-- name: get
SELECT * FROM servers WHERE server_id = :server_id;

-- name: save
-- All settings at once, only over the version at which they were read; version 0 is a server not yet known. A panel that was
-- forgotten since keeps the version (see forget_panel), so it is looked at here.
INSERT INTO servers (
  server_id, name, audience, channel_id, role_id, minor_role_id, adult_role_id, staff_channel_id, reader_role_id, gate,
  hides_partner_video, panel_message_id, panel_text, rules, rules_version, subjects, lengths, languages, paused, open, locale, version
)
SELECT
  :server_id, :name, :audience, :channel_id, :role_id, :minor_role_id, :adult_role_id, :staff_channel_id, :reader_role_id, :gate,
  :hides_partner_video, :panel_message_id, :panel_text, :rules, :rules_version, :subjects, :lengths, :languages, :paused, :open, :locale,
  :expected_version + 1
WHERE :expected_version = coalesce((SELECT version FROM servers WHERE server_id = :server_id), 0)
ON CONFLICT (server_id) DO UPDATE SET
  name = excluded.name, audience = excluded.audience, channel_id = excluded.channel_id, role_id = excluded.role_id,
  minor_role_id = excluded.minor_role_id, adult_role_id = excluded.adult_role_id, staff_channel_id = excluded.staff_channel_id,
  reader_role_id = excluded.reader_role_id, gate = excluded.gate, hides_partner_video = excluded.hides_partner_video,
  panel_text = excluded.panel_text, rules = excluded.rules, rules_version = excluded.rules_version,
  panel_message_id = CASE WHEN :posts_panel = 1 OR servers.panel_message_id IS NOT NULL THEN excluded.panel_message_id END,
  subjects = excluded.subjects, lengths = excluded.lengths, languages = excluded.languages,
  paused = excluded.paused, open = excluded.open, locale = excluded.locale, version = excluded.version,
  left_at = NULL
WHERE servers.version = :expected_version
RETURNING version, panel_message_id;

-- name: forget_panel
-- The panel was deleted together with its channel. That is no answer of an admin's, so the version stays.
UPDATE servers SET panel_message_id = NULL
WHERE server_id = :server_id AND channel_id = :channel_id AND panel_message_id IS NOT NULL
RETURNING server_id;

-- name: find_separated
-- Those where some members are under 18, or may be.
SELECT * FROM servers WHERE audience IN ('mixed', 'unsure');

-- name: record_open
-- What the operator allows has changed. That is no answer of an admin's, so the version stays.
UPDATE servers SET open = :open WHERE server_id = :server_id AND version = :expected_version AND open <> :open RETURNING server_id;

-- name: find_present
SELECT server_id FROM servers WHERE left_at IS NULL;

-- name: leave
-- The bot is not in this server any more.
UPDATE servers SET left_at = :now WHERE server_id = :server_id AND left_at IS NULL RETURNING server_id;

-- name: enter
-- The bot is in these servers, or was at `:seen_at`.
UPDATE servers SET left_at = NULL
WHERE server_id IN (SELECT CAST(value AS bigint) FROM json_each(:server_ids)) AND left_at IS NOT NULL AND (:seen_at IS NULL OR left_at <= :seen_at)
RETURNING server_id;

-- name: delete_expired
-- While a match in it is live it stays, or the members would be sent something about a server that the bot has left. Consents to
-- its rules go first: a server that comes back counts its versions anew.
DELETE FROM servers WHERE server_id IN (
  SELECT s.server_id FROM servers AS s
  WHERE s.left_at IS NOT NULL AND s.left_at < :before
    AND NOT EXISTS (SELECT 1 FROM matches WHERE server_id = s.server_id AND state <> 'ended')
    AND NOT EXISTS (SELECT 1 FROM rules_consents WHERE server_id = s.server_id)
  LIMIT :limit
) RETURNING 1;
