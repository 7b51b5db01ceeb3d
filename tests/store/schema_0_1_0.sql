-- The schema of Hey Buddy 0.1.0 and before, the sum of its three migrations: files with it are refused.


CREATE TABLE servers (
  server_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('unsaid', 'adults', 'mixed')),
  channel_id INTEGER,
  role_id INTEGER,
  panel_message_id INTEGER,
  subjects TEXT NOT NULL,
  lengths TEXT NOT NULL,
  languages TEXT NOT NULL,
  paused INTEGER NOT NULL,
  locale TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  dm_channel_id INTEGER,
  server_id INTEGER,
  wishes TEXT,
  wait_minutes INTEGER
) STRICT;

CREATE TABLE tickets (
  id TEXT PRIMARY KEY,
  member_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  pool TEXT NOT NULL,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  wishes TEXT NOT NULL,
  subject TEXT NOT NULL,
  waiting_since INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  front INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'matched', 'left', 'expired')),
  ended_at INTEGER
) STRICT;

-- A member waits once, over all servers.
CREATE UNIQUE INDEX one_waiting_ticket ON tickets (member_id) WHERE state = 'waiting';
CREATE INDEX tickets_waiting ON tickets (pool, waiting_since) WHERE state = 'waiting';
CREATE INDEX tickets_matched ON tickets (server_id, ended_at) WHERE state = 'matched';

CREATE TABLE matches (
  id TEXT PRIMARY KEY,
  server_id INTEGER NOT NULL,
  pool TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('inviting', 'meeting', 'ended')),
  reason TEXT,
  subject TEXT NOT NULL,
  length INTEGER NOT NULL,
  language TEXT NOT NULL,
  style TEXT NOT NULL,
  camera TEXT NOT NULL,
  level INTEGER,
  why TEXT NOT NULL,
  room_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  told_again_at INTEGER,
  met_at INTEGER,
  ends_at INTEGER,
  together_since INTEGER,
  empty_since INTEGER,
  ended_at INTEGER,
  version INTEGER NOT NULL
) STRICT;

-- A room's name is used by one match only.
CREATE UNIQUE INDEX one_match_a_room ON matches (room_name);
CREATE INDEX matches_alive ON matches (created_at) WHERE state <> 'ended';

CREATE TABLE seats (
  id TEXT PRIMARY KEY,
  match_id TEXT NOT NULL REFERENCES matches (id),
  member_id INTEGER NOT NULL,
  ticket_id TEXT NOT NULL REFERENCES tickets (id),
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  side INTEGER NOT NULL CHECK (side IN (0, 1)),
  live INTEGER NOT NULL,
  entered_at INTEGER,
  left_at INTEGER,
  sid TEXT
) STRICT;

-- A member sits in one live match, over all servers.
CREATE UNIQUE INDEX one_live_seat ON seats (member_id) WHERE live = 1;
-- A match has two sides and one seat on each, so never three people.
CREATE UNIQUE INDEX one_seat_a_side ON seats (match_id, side);
-- A ticket leads to one seat.
CREATE UNIQUE INDEX one_seat_a_ticket ON seats (ticket_id);
CREATE INDEX seats_of_member ON seats (member_id);

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  seat_id TEXT NOT NULL REFERENCES seats (id),
  token_hash BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'redeemed', 'replaced', 'over')),
  issued_at INTEGER NOT NULL,
  delivered_at INTEGER,
  expires_at INTEGER,
  redeemed_at INTEGER,
  attempt_hash BLOB,
  session_id TEXT
) STRICT;

-- A token opens one invitation.
CREATE UNIQUE INDEX one_invitation_a_token ON invitations (token_hash);
-- A seat has one link that still works.
CREATE UNIQUE INDEX one_open_invitation ON invitations (seat_id) WHERE state = 'open';
CREATE INDEX invitations_of_seat ON invitations (seat_id, issued_at);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  seat_id TEXT NOT NULL REFERENCES seats (id),
  cookie_hash BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'after', 'replaced')),
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

-- A cookie names one session.
CREATE UNIQUE INDEX one_session_a_cookie ON sessions (cookie_hash);
-- A seat is held by one browser.
CREATE UNIQUE INDEX one_active_session ON sessions (seat_id) WHERE state = 'active';

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  member_id INTEGER NOT NULL,
  match_id TEXT,
  seat_id TEXT,
  invitation_id TEXT,
  server_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  details TEXT NOT NULL,
  route TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'withdrawn')),
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  reason TEXT,
  channel_id INTEGER,
  message_id INTEGER,
  settled_at INTEGER
) STRICT;

CREATE INDEX outbox_pending ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_of_match ON outbox (match_id);

CREATE TABLE room_orders (
  id INTEGER PRIMARY KEY,
  room_name TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('close', 'remove')),
  identity TEXT,
  done_at INTEGER
) STRICT;

CREATE INDEX orders_open ON room_orders (id) WHERE done_at IS NULL;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blocks (
  blocker_id INTEGER NOT NULL,
  blocked_id INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (blocker_id, blocked_id)
) STRICT;

CREATE TABLE met (
  low_id INTEGER NOT NULL,
  high_id INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (low_id, high_id)
) STRICT;

CREATE TABLE interactions (
  member_id INTEGER NOT NULL,
  card INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (member_id, card)
) STRICT;

CREATE TABLE webhook_events (
  id TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
-- What is forgotten is found by its age, so that forgetting never reads a whole table while others wait to write.

CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'pending';
CREATE INDEX orders_done ON room_orders (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX events_seen ON webhook_events (seen_at);
CREATE INDEX sessions_begun ON sessions (created_at);
CREATE INDEX interactions_opened ON interactions (opened_at);
-- What a matchmaker that looks ahead asks for: who waits where pairing is on, what changed, who came lately; and in
-- what two differ, who meet all the same.

ALTER TABLE tickets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE matches ADD COLUMN other_subject TEXT;
ALTER TABLE matches ADD COLUMN stretched TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
UPDATE servers SET open = audience = 'adults' AND channel_id IS NOT NULL AND paused = 0;

CREATE INDEX tickets_line ON tickets (server_id, id, version) WHERE state = 'waiting';
CREATE INDEX tickets_came ON tickets (waiting_since);
CREATE INDEX tickets_came_to_pool ON tickets (pool, waiting_since);
CREATE INDEX blocks_against ON blocks (blocked_id);
CREATE INDEX met_high ON met (high_id);
DROP INDEX tickets_waiting;
DROP INDEX tickets_matched;
