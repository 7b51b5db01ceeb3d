-- Who wants to hear when a server's gate opens for them. `joined_at`: since when they are in the server; `due_at`: when the gate
-- opens, as its terms were then.
CREATE TABLE gate_reminders (
  server_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  locale TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (server_id, member_id)
) STRICT;

CREATE INDEX gate_reminders_due ON gate_reminders (due_at);
CREATE INDEX gate_reminders_by_member ON gate_reminders (member_id);

-- The message about that is a kind of its own. SQLite changes no CHECK, so the table is made again.
CREATE TABLE outbox_before AS SELECT * FROM outbox;
DROP INDEX outbox_pending;
DROP INDEX outbox_useful;
DROP INDEX outbox_by_match;
DROP INDEX outbox_by_member;
DROP INDEX outbox_stale;
DROP INDEX outbox_settled;
DROP TABLE outbox;
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (
    kind IN (
      'card', 'invitation', 'reminder', 'new_link', 'partner_declined', 'no_show', 'match_over', 'unmatched', 'paused', 'gate_open'
    )
  ),
  member_id INTEGER NOT NULL,
  match_id TEXT,
  seat_id TEXT,
  invitation_id TEXT,
  ticket_id TEXT,
  server_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  route TEXT NOT NULL CHECK (route IN ('card', 'direct', 'follow_up', 'mention')),
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'withdrawn')),
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  useful_until INTEGER,
  reason TEXT,
  channel_id INTEGER,
  message_id INTEGER,
  settled_at INTEGER,
  shows TEXT,
  stale_at INTEGER,
  changes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO outbox SELECT * FROM outbox_before;
DROP TABLE outbox_before;
CREATE INDEX outbox_pending ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_useful ON outbox (useful_until) WHERE state = 'pending';
CREATE INDEX outbox_by_match ON outbox (match_id);
CREATE INDEX outbox_by_member ON outbox (member_id);
CREATE INDEX outbox_stale ON outbox (stale_at) WHERE stale_at IS NOT NULL AND state = 'sent';
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'pending';
