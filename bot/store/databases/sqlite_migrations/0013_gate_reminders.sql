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
