-- An admin who is not sure who is in the server has said so; that is another answer than "some are under 18". SQLite changes
-- no CHECK, so the table is made again.
CREATE TABLE servers_again (
  server_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('unsaid', 'adults', 'mixed', 'unsure')),
  channel_id INTEGER,
  role_id INTEGER,
  panel_message_id INTEGER,
  subjects TEXT NOT NULL CHECK (json_valid(subjects)),
  lengths TEXT NOT NULL CHECK (json_valid(lengths)),
  languages TEXT NOT NULL CHECK (json_valid(languages)),
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  locale TEXT NOT NULL,
  version INTEGER NOT NULL,
  left_at INTEGER
) STRICT;
INSERT INTO servers_again SELECT * FROM servers;
DROP INDEX servers_present;
DROP INDEX servers_left;
DROP TABLE servers;
ALTER TABLE servers_again RENAME TO servers;
CREATE INDEX servers_present ON servers (server_id) WHERE left_at IS NULL;
CREATE INDEX servers_left ON servers (left_at) WHERE left_at IS NOT NULL;

-- What an admin typed into the form of setup and is not saved yet, by the field's name.
CREATE TABLE setup_drafts (
  server_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  fields TEXT NOT NULL CHECK (json_valid(fields)),
  typed_at INTEGER NOT NULL,
  PRIMARY KEY (server_id, member_id)
) STRICT;

CREATE INDEX setup_drafts_by_age ON setup_drafts (typed_at);
