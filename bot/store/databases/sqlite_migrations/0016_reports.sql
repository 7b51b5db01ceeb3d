-- Reports about members, and what was decided. No report keeps a match or a seat from being deleted, nor waits for one.
-- `number`: what people call it in its server; `side`: of the reporter in the match; `reporter_id`: NULL after they have deleted
-- their data; `reported_id`: a pseudonym after the member has; `counts_at`: when staff are told and a hold begins, later than
-- `filed_at` for members who file many; `announced`: that was done; `blocked_before`: the block was there already;
-- `about_staff`: the reported member sees what staff see; `to_operator`: the operator reads it, too; `escalation`: how often it
-- was told again because nobody has read it. Staff are named by pseudonym. `due_at`: when a sanction begins that was decided and
-- has not begun; `kept_until`: the least until it is deleted.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  server_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  match_id TEXT NOT NULL,
  side INTEGER NOT NULL CHECK (side IN (0, 1)),
  reporter_id INTEGER,
  reporter_locale TEXT NOT NULL,
  reported_id INTEGER NOT NULL,
  reported_locale TEXT NOT NULL,
  place TEXT NOT NULL CHECK (place IN ('room', 'over', 'message', 'command')),
  reason TEXT NOT NULL CHECK (
    reason IN ('sexual', 'minor_with_adult', 'recorded', 'hate', 'not_studying', 'unsaid', 'worry')
  ),
  words TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  filed_at INTEGER NOT NULL,
  counts_at INTEGER NOT NULL,
  announced INTEGER NOT NULL CHECK (announced IN (0, 1)),
  blocked_before INTEGER NOT NULL CHECK (blocked_before IN (0, 1)),
  about_staff INTEGER NOT NULL CHECK (about_staff IN (0, 1)),
  to_operator INTEGER NOT NULL CHECK (to_operator IN (0, 1)),
  escalation INTEGER NOT NULL DEFAULT 0,
  read_at INTEGER,
  taken_by INTEGER,
  taken_until INTEGER,
  decided_at INTEGER,
  decided_by INTEGER,
  decision TEXT CHECK (decision IN ('close', 'note', 'warn', 'pause', 'out')),
  rule INTEGER,
  sentence TEXT,
  pause_days INTEGER,
  everywhere INTEGER NOT NULL DEFAULT 0 CHECK (everywhere IN (0, 1)),
  due_at INTEGER,
  kept_until INTEGER NOT NULL
) STRICT;

-- Each of the two files one report about a match.
CREATE UNIQUE INDEX one_report_per_side ON reports (match_id, side);
CREATE UNIQUE INDEX one_report_per_number ON reports (server_id, number);
CREATE INDEX reports_open ON reports (server_id, filed_at) WHERE decided_at IS NULL;
CREATE INDEX reports_unread ON reports (counts_at) WHERE read_at IS NULL AND decided_at IS NULL;
CREATE INDEX reports_due ON reports (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX reports_by_reporter ON reports (reporter_id, counts_at);
CREATE INDEX reports_by_reported ON reports (reported_id, decided_at);
CREATE INDEX reports_late ON reports (counts_at) WHERE announced = 0;
CREATE INDEX reports_for_operator ON reports (escalation) WHERE to_operator = 1 AND decided_at IS NULL;
CREATE INDEX reports_by_age ON reports (kept_until);

-- The number that a server's newest report got. Numbers are never given again.
CREATE TABLE report_numbers (
  server_id INTEGER PRIMARY KEY,
  last_number INTEGER NOT NULL
) STRICT;

-- Readers, by pseudonym, who do not read a report because they know somebody in it.
CREATE TABLE report_recusals (
  report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  reader INTEGER NOT NULL,
  PRIMARY KEY (report_id, reader)
) STRICT;

-- Members who asked for a second look at what was decided: each of the two once.
CREATE TABLE appeals (
  report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  side TEXT NOT NULL CHECK (side IN ('reporter', 'reported')),
  words TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  decided_at INTEGER,
  decided_by INTEGER,
  outcome TEXT CHECK (outcome IN ('upheld', 'lifted', 'reopened')),
  sentence TEXT,
  PRIMARY KEY (report_id, side)
) STRICT;

CREATE INDEX appeals_open ON appeals (asked_at) WHERE decided_at IS NULL;

-- Members whose reports hold nobody, because staff found one of them to be malicious. `member_id` is a pseudonym after they have
-- deleted their data.
CREATE TABLE malicious_reporters (
  report_id TEXT PRIMARY KEY,
  member_id INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;

CREATE INDEX malicious_reporters_by_member ON malicious_reporters (member_id, until);
CREATE INDEX malicious_reporters_by_age ON malicious_reporters (until);

-- Which restrictions a report has led to, and what has held a member, lifted or not.
CREATE INDEX restrictions_by_report ON restrictions (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX holds_by_member ON restrictions (member_id) WHERE kind = 'hold';

-- Members of whom we know that they belong to a server's staff. `reads`: they read reports.
CREATE TABLE staff_members (
  server_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  reads INTEGER NOT NULL CHECK (reads IN (0, 1)),
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (server_id, member_id)
) STRICT;

CREATE INDEX staff_members_by_member ON staff_members (member_id);
CREATE INDEX staff_members_by_age ON staff_members (seen_at);

-- What staff did with reports, for a year. Who did it, and about whom, is named by pseudonym.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  server_id INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  about INTEGER,
  action TEXT NOT NULL,
  report_id TEXT,
  rule INTEGER,
  sentence TEXT,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_by_server ON audit (server_id, at);
CREATE INDEX audit_by_age ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;

CREATE TRIGGER audit_is_kept_for_a_year BEFORE DELETE ON audit
WHEN OLD.at > 1000 * CAST(strftime('%s', 'now', '-365 days') AS INTEGER)
BEGIN SELECT RAISE(ABORT, 'the audit is kept for a year'); END;

-- Whom the pseudonyms of the audit stand for, and when it named them last; who deletes their data goes from here.
CREATE TABLE pseudonyms (
  pseudonym INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL,
  named_at INTEGER NOT NULL
) STRICT;

CREATE INDEX pseudonyms_by_member ON pseudonyms (member_id);
CREATE INDEX pseudonyms_by_age ON pseudonyms (named_at);

-- The outbox also has messages about gates, tests and reports, those to nobody in particular (`member_id` 0) for the staff's
-- channel among them.
-- SQLite changes no CHECK, so the table is made again, under its own name, because a view reads it.
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
      'card', 'invitation', 'reminder', 'new_link', 'partner_declined', 'no_show', 'match_over', 'unmatched', 'paused', 'gate_open',
      'trial', 'report_received', 'report_late', 'report_decided', 'report_question', 'appeal_decided', 'sanction',
      'staff_alert', 'reader_alert', 'operator_alert', 'check_in'
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
  route TEXT NOT NULL CHECK (route IN ('card', 'direct', 'follow_up', 'mention', 'staff')),
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

-- `report_id`: the report that a message speaks of.
ALTER TABLE outbox ADD COLUMN report_id TEXT;
CREATE INDEX outbox_by_report ON outbox (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX outbox_failed_alerts ON outbox (report_id) WHERE kind = 'staff_alert' AND state = 'failed';
