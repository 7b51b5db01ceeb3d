-- Who wants to hear when a server's gate opens for them. `joined_at`: since when they are in the server; `due_at`: when the gate
-- opens, as its terms were then.
CREATE TABLE gate_reminders (
  server_id bigint NOT NULL,
  member_id bigint NOT NULL,
  joined_at bigint NOT NULL,
  locale text COLLATE "C" NOT NULL,
  due_at bigint NOT NULL,
  PRIMARY KEY (server_id, member_id)
);

CREATE INDEX gate_reminders_due ON gate_reminders (due_at);
CREATE INDEX gate_reminders_by_member ON gate_reminders (member_id);
