-- The whole schema, the same as SQLite's with this number; a test compares them. Times are whole milliseconds since 1970 in UTC,
-- flags are 0 or 1, secrets are stored as hashes.
-- Columns with `json` in their check are written and read by `bot/store/codec.py`; what is no JSON fails in the cast. Ids of
-- servers, members, channels and messages are Discord's. Codes in `IN (…)` are the values of enums in `bot/domain`.
-- Text is ordered by code points, as in SQLite, in whatever locale the database was made.

-- What our queries call by SQLite's names: the elements of a list, the value of a key such as `$.shows`, and the lesser and
-- the greater of two numbers, NULL if one of them is.
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text) LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT json_array_elements_text(list::json) $$;
CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT document::json ->> split_part(path, '$.', 2) $$;
CREATE FUNCTION min(one bigint, other bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN one < other THEN one WHEN one >= other THEN other END $$;
CREATE FUNCTION max(one bigint, other bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN one > other THEN one WHEN one <= other THEN other END $$;

-- The settings of a Discord server. `open`: members can be matched there, as `bot.domain.server.is_open` says; `left_at`:
-- since when the bot is not in the server any more.
CREATE TABLE servers (
  server_id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  audience text COLLATE "C" NOT NULL CHECK (audience IN ('unsaid', 'adults', 'mixed', 'unsure')),
  channel_id bigint,
  role_id bigint,
  panel_message_id bigint,
  subjects text COLLATE "C" NOT NULL CHECK (subjects::json IS NOT NULL),
  lengths text COLLATE "C" NOT NULL CHECK (lengths::json IS NOT NULL),
  languages text COLLATE "C" NOT NULL CHECK (languages::json IS NOT NULL),
  paused bigint NOT NULL CHECK (paused IN (0, 1)),
  open bigint NOT NULL CHECK (open IN (0, 1)),
  locale text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  left_at bigint
);

CREATE INDEX servers_present ON servers (server_id) WHERE left_at IS NULL;
CREATE INDEX servers_left ON servers (left_at) WHERE left_at IS NOT NULL;

-- What we remember about a member between two searches: the last wishes, and where they were used. `dm_closed_at`: when
-- Discord last refused a direct message to them; `seen_at`: a day on which they did something.
CREATE TABLE members (
  member_id bigint PRIMARY KEY,
  dm_channel_id bigint,
  dm_closed_at bigint,
  server_id bigint,
  wishes text COLLATE "C" CHECK (wishes IS NULL OR wishes::json IS NOT NULL),
  seen_at bigint NOT NULL
);

CREATE INDEX members_by_age ON members (seen_at);

-- One search of one member. `front`: requeued because a match fell through; `version` grows with each change of the wishes;
-- `paused`: the member was told that nobody is matched in their server at the moment.
CREATE TABLE tickets (
  id text COLLATE "C" PRIMARY KEY,
  member_id bigint NOT NULL,
  server_id bigint NOT NULL,
  pool text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  locale text COLLATE "C" NOT NULL,
  wishes text COLLATE "C" NOT NULL CHECK (wishes::json IS NOT NULL),
  subject text COLLATE "C" NOT NULL,
  waiting_since bigint NOT NULL,
  expires_at bigint NOT NULL,
  front bigint NOT NULL CHECK (front IN (0, 1)),
  state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'matched', 'left', 'expired')),
  ended_at bigint,
  version bigint NOT NULL,
  paused bigint NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
);

-- A member waits once, over all servers.
CREATE UNIQUE INDEX one_waiting_ticket ON tickets (member_id) WHERE state = 'waiting';
-- Holds all that tickets.waiting_versions and find_pause_changed read, `state` included, or SQLite would read the rows as well.
CREATE INDEX tickets_waiting ON tickets (server_id, id, version, state, paused) WHERE state = 'waiting';
CREATE INDEX tickets_expiring ON tickets (expires_at) WHERE state = 'waiting';
CREATE INDEX tickets_by_time ON tickets (waiting_since);
CREATE INDEX tickets_by_pool ON tickets (pool, waiting_since);
CREATE INDEX tickets_ended ON tickets (ended_at) WHERE state <> 'waiting';
CREATE INDEX tickets_named ON tickets (ended_at) WHERE state <> 'waiting' AND name <> '';
CREATE INDEX tickets_by_member ON tickets (member_id, ended_at);

-- Two tickets put together. `length` is in minutes; `met_at`: both were first in the room together; `together_since`
-- and `empty_since`: since when both are in, or nobody is; `parted_at`: when they were last both in; `version` grows with each change that a page shows.
CREATE TABLE matches (
  id text COLLATE "C" PRIMARY KEY,
  server_id bigint NOT NULL,
  pool text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('inviting', 'meeting', 'ended')),
  reason text COLLATE "C" CHECK (reason IN ('done', 'declined', 'no_show', 'replaced')),
  agreement text COLLATE "C" NOT NULL CHECK (agreement::json IS NOT NULL),
  length bigint NOT NULL,
  room_name text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  reminded_at bigint,
  met_at bigint,
  ends_at bigint,
  together_since bigint,
  parted_at bigint,
  empty_since bigint,
  ended_at bigint,
  version bigint NOT NULL
);

-- A room name is used by one match only.
CREATE UNIQUE INDEX one_match_per_room ON matches (room_name);
CREATE INDEX matches_live ON matches (state, created_at) WHERE state <> 'ended';
CREATE INDEX matches_ended ON matches (ended_at) WHERE state = 'ended';

-- One member's place in one match. `side` 0 waited longer; `live`: not given up, and the match has not ended;
-- `entered_at`: first arrival in the room; `left_at`: given up; `left_for_good`: that cannot be undone; `sid`: LiveKit's id
-- of the connection, while present.
CREATE TABLE seats (
  id text COLLATE "C" PRIMARY KEY,
  match_id text COLLATE "C" NOT NULL REFERENCES matches (id) ON DELETE CASCADE,
  member_id bigint NOT NULL,
  ticket_id text COLLATE "C" NOT NULL REFERENCES tickets (id),
  name text COLLATE "C" NOT NULL,
  locale text COLLATE "C" NOT NULL,
  side bigint NOT NULL CHECK (side IN (0, 1)),
  live bigint NOT NULL CHECK (live IN (0, 1)),
  entered_at bigint,
  left_at bigint,
  left_for_good bigint NOT NULL CHECK (left_for_good IN (0, 1)),
  sid text COLLATE "C"
);

-- A member has one live seat, over all servers.
CREATE UNIQUE INDEX one_live_seat ON seats (member_id) WHERE live = 1;
-- A match has two sides and one seat on each, so never three people.
CREATE UNIQUE INDEX one_seat_per_side ON seats (match_id, side);
-- A ticket leads to one seat.
CREATE UNIQUE INDEX one_seat_per_ticket ON seats (ticket_id);
CREATE INDEX seats_by_member ON seats (member_id);

-- A one-time link to a seat. `delivered_at` and `expires_at` are set by the first delivery, the rest by redemption.
CREATE TABLE invitations (
  id text COLLATE "C" PRIMARY KEY,
  seat_id text COLLATE "C" NOT NULL REFERENCES seats (id) ON DELETE CASCADE,
  token_hash bytea NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'redeemed', 'replaced', 'over')),
  issued_at bigint NOT NULL,
  delivered_at bigint,
  expires_at bigint,
  redeemed_at bigint,
  attempt_hash bytea,
  session_id text COLLATE "C"
);

-- A token belongs to one invitation.
CREATE UNIQUE INDEX one_invitation_per_token ON invitations (token_hash);
-- A seat has one link that still works.
CREATE UNIQUE INDEX one_open_invitation ON invitations (seat_id) WHERE state = 'open';
CREATE INDEX invitations_by_seat ON invitations (seat_id, issued_at);

-- A browser that has redeemed an invitation.
CREATE TABLE browser_sessions (
  id text COLLATE "C" PRIMARY KEY,
  seat_id text COLLATE "C" NOT NULL REFERENCES seats (id) ON DELETE CASCADE,
  cookie_hash bytea NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('active', 'read_only', 'replaced')),
  created_at bigint NOT NULL,
  seen_at bigint NOT NULL,
  ended_at bigint
);

-- A cookie names one session.
CREATE UNIQUE INDEX one_session_per_cookie ON browser_sessions (cookie_hash);
-- A seat is held by one browser.
CREATE UNIQUE INDEX one_active_session ON browser_sessions (seat_id) WHERE state = 'active';
CREATE INDEX browser_sessions_by_age ON browser_sessions (created_at);
CREATE INDEX browser_sessions_by_seat ON browser_sessions (seat_id);

-- Messages to members. `reason`: why the last attempt failed; `settled_at`: sent, failed or withdrawn; `useful_until`: after
-- that it is not sent any more; `ticket_id`: the search that it speaks of; `shows`: a digest of what a sent message shows,
-- NULL if that is not known; `stale_at`: from when on that may no longer hold, so that it is drawn again; `changes` counts
-- what made it stale, so that nothing that changes during a drawing is forgotten; `attempts`: failed ones, to send it or,
-- since it was last drawn, to draw it.
CREATE TABLE outbox (
  id text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL CHECK (
    kind IN ('card', 'invitation', 'reminder', 'new_link', 'partner_declined', 'no_show', 'match_over', 'unmatched', 'paused')
  ),
  member_id bigint NOT NULL,
  match_id text COLLATE "C",
  seat_id text COLLATE "C",
  invitation_id text COLLATE "C",
  ticket_id text COLLATE "C",
  server_id bigint NOT NULL,
  locale text COLLATE "C" NOT NULL,
  payload text COLLATE "C" NOT NULL CHECK (payload::json IS NOT NULL),
  route text COLLATE "C" NOT NULL CHECK (route IN ('card', 'direct', 'follow_up', 'mention')),
  state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'withdrawn')),
  attempts bigint NOT NULL,
  due_at bigint NOT NULL,
  useful_until bigint,
  reason text COLLATE "C",
  channel_id bigint,
  message_id bigint,
  settled_at bigint,
  shows text COLLATE "C",
  stale_at bigint,
  changes bigint NOT NULL DEFAULT 0
);

CREATE INDEX outbox_pending ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_useful ON outbox (useful_until) WHERE state = 'pending';
CREATE INDEX outbox_by_match ON outbox (match_id);
CREATE INDEX outbox_by_member ON outbox (member_id);
CREATE INDEX outbox_stale ON outbox (stale_at) WHERE stale_at IS NOT NULL AND state = 'sent';
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'pending';

-- What LiveKit is to do with a room: close it, or remove `identity` from it.
CREATE TABLE room_orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  room_name text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL CHECK (action IN ('close', 'remove')),
  identity text COLLATE "C",
  done_at bigint
);

CREATE INDEX room_orders_open ON room_orders (id) WHERE done_at IS NULL;
CREATE INDEX room_orders_done ON room_orders (done_at) WHERE done_at IS NOT NULL;

-- Who runs a loop. `fence` grows with each new holder; `locked`: the holder keeps the lease's lock, which ends with its
-- process; `stepped_at`: when a leader last finished a round of the loop.
CREATE TABLE leases (
  name text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  fence bigint NOT NULL,
  expires_at bigint NOT NULL,
  locked bigint NOT NULL CHECK (locked IN (0, 1)),
  stepped_at bigint
);

-- What each running process needs, by the words of `GET /readyz`. `reason`: why it does not have it, NULL if it has;
-- `since`: since when that is so; `seen_at`: when the process last looked.
CREATE TABLE readiness (
  holder text COLLATE "C" NOT NULL,
  word text COLLATE "C" NOT NULL,
  reason text COLLATE "C",
  since bigint NOT NULL,
  seen_at bigint NOT NULL,
  PRIMARY KEY (holder, word)
);

CREATE INDEX readiness_by_age ON readiness (seen_at);

CREATE TABLE blocks (
  blocker_id bigint NOT NULL,
  blocked_id bigint NOT NULL,
  since bigint NOT NULL,
  PRIMARY KEY (blocker_id, blocked_id)
);

CREATE INDEX blocks_by_blocked ON blocks (blocked_id);

-- When two members last met, or a match of theirs came to nothing; the lower id first. `apart_until`: until when they
-- are not matched again.
CREATE TABLE last_meetings (
  low_id bigint NOT NULL,
  high_id bigint NOT NULL,
  last_at bigint NOT NULL,
  apart_until bigint,
  PRIMARY KEY (low_id, high_id)
);

CREATE INDEX last_meetings_by_high ON last_meetings (high_id);
CREATE INDEX last_meetings_by_age ON last_meetings (last_at);

-- A member's newest interaction with Discord, the one whose answer is their card, and those by which a message was sent as
-- a follow-up, with their encrypted tokens. `message_id` is the card's; `outbox_id` is that message's, empty for the others.
CREATE TABLE interactions (
  member_id bigint NOT NULL,
  card bigint NOT NULL CHECK (card IN (0, 1)),
  encrypted_token text COLLATE "C" NOT NULL,
  opened_at bigint NOT NULL,
  message_id bigint,
  outbox_id text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (member_id, card, outbox_id)
);

CREATE INDEX interactions_by_age ON interactions (opened_at);

-- What Discord has told of members of servers, and what we ask it. `told_at`: when it told; `barred_until`: until when the
-- member cannot be matched there, if at all; `asked_at`: since when a question is open; `urgent`: somebody waits for the
-- answer, before a room or a search.
CREATE TABLE memberships (
  server_id bigint NOT NULL,
  member_id bigint NOT NULL,
  told_at bigint,
  barred_until bigint,
  asked_at bigint,
  urgent bigint NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1)),
  PRIMARY KEY (server_id, member_id)
);

CREATE INDEX memberships_asked ON memberships (server_id, urgent, asked_at, member_id) WHERE asked_at IS NOT NULL;
CREATE INDEX memberships_by_age ON memberships (coalesce(told_at, asked_at));

-- What an admin typed into the form of setup and is not saved yet, by the field's name.
CREATE TABLE setup_drafts (
  server_id bigint NOT NULL,
  member_id bigint NOT NULL,
  fields text COLLATE "C" NOT NULL CHECK (fields::json IS NOT NULL),
  typed_at bigint NOT NULL,
  PRIMARY KEY (server_id, member_id)
);

CREATE INDEX setup_drafts_by_age ON setup_drafts (typed_at);

-- Ids of LiveKit's webhook events that were handled already.
CREATE TABLE webhook_events (
  id text COLLATE "C" PRIMARY KEY,
  seen_at bigint NOT NULL
);

CREATE INDEX webhook_events_by_age ON webhook_events (seen_at);

-- Values of this installation, by name.
CREATE TABLE installation (
  name text COLLATE "C" PRIMARY KEY,
  value text COLLATE "C" NOT NULL
);

-- A seat with its match and the partner's seat. `notified_at`: when the partner's first link was delivered;
-- `partner_reminded_at`: when the reminder to them was. Whether the partner left for good is not here: nobody may learn it.
-- `own_barred_until`: until when the member cannot be matched in this server, if so.
CREATE VIEW seat_in_match AS
SELECT
  m.id, m.server_id, m.pool, m.state, m.reason, m.agreement, m.room_name, m.created_at, m.reminded_at, m.met_at, m.ends_at,
  m.parted_at, m.ended_at, m.version,
  own.id AS own_id, own.member_id AS own_member_id, own.name AS own_name, own.locale AS own_locale, own.side AS own_side,
  own.live AS own_live, own.entered_at AS own_entered_at, own.left_at AS own_left_at, own.left_for_good AS own_left_for_good,
  own.sid AS own_sid,
  partner.id AS partner_id, partner.member_id AS partner_member_id, partner.name AS partner_name, partner.locale AS partner_locale,
  partner.side AS partner_side, partner.entered_at AS partner_entered_at, partner.left_at AS partner_left_at, partner.sid AS partner_sid,
  (SELECT min(i.delivered_at) FROM invitations AS i WHERE i.seat_id = partner.id) AS notified_at,
  (SELECT k.barred_until FROM memberships AS k WHERE k.server_id = m.server_id AND k.member_id = own.member_id) AS own_barred_until,
  (
    SELECT min(o.settled_at) FROM outbox AS o
    WHERE o.match_id = m.id AND o.seat_id = partner.id AND o.kind = 'reminder' AND o.state = 'sent'
  ) AS partner_reminded_at
FROM seats AS own
JOIN matches AS m ON m.id = own.match_id
JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side;

-- What is live grows and shrinks within minutes. With counts of a quiet hour PostgreSQL would read an index of all that is
-- live in order to find one row by its id, so it counts these tables again within a minute once some rows have changed, and
-- not only after a tenth of them.
ALTER TABLE servers SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE tickets SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE matches SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE seats SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE invitations SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE browser_sessions SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE outbox SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE room_orders SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE memberships SET (autovacuum_analyze_scale_factor = 0);
