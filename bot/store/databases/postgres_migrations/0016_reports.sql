-- Reports about members, and what was decided. No report keeps a match or a seat from being deleted, nor waits for one.
-- `number`: what people call it in its server; `side`: of the reporter in the match; `reporter_id`: NULL after they have deleted
-- their data; `reported_id`: a pseudonym after the member has; `counts_at`: when staff are told and a hold begins, later than
-- `filed_at` for members who file many; `announced`: that was done; `blocked_before`: the block was there already;
-- `about_staff`: the reported member sees what staff see; `to_operator`: the operator reads it, too; `escalation`: how often it
-- was told again because nobody has read it. Staff are named by pseudonym. `due_at`: when a sanction begins that was decided and
-- has not begun; `kept_until`: the least until it is deleted.
CREATE TABLE reports (
  id text COLLATE "C" PRIMARY KEY,
  server_id bigint NOT NULL,
  number bigint NOT NULL,
  match_id text COLLATE "C" NOT NULL,
  side bigint NOT NULL CHECK (side IN (0, 1)),
  reporter_id bigint,
  reporter_locale text COLLATE "C" NOT NULL,
  reported_id bigint NOT NULL,
  reported_locale text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL CHECK (place IN ('room', 'over', 'message', 'command')),
  reason text COLLATE "C" NOT NULL CHECK (
    reason IN ('sexual', 'minor_with_adult', 'recorded', 'hate', 'not_studying', 'unsaid', 'worry')
  ),
  words text COLLATE "C" NOT NULL,
  evidence text COLLATE "C" NOT NULL CHECK (evidence::json IS NOT NULL),
  filed_at bigint NOT NULL,
  counts_at bigint NOT NULL,
  announced bigint NOT NULL CHECK (announced IN (0, 1)),
  blocked_before bigint NOT NULL CHECK (blocked_before IN (0, 1)),
  about_staff bigint NOT NULL CHECK (about_staff IN (0, 1)),
  to_operator bigint NOT NULL CHECK (to_operator IN (0, 1)),
  escalation bigint NOT NULL DEFAULT 0,
  read_at bigint,
  taken_by bigint,
  taken_until bigint,
  decided_at bigint,
  decided_by bigint,
  decision text COLLATE "C" CHECK (decision IN ('close', 'note', 'warn', 'pause', 'out')),
  rule bigint,
  sentence text COLLATE "C",
  pause_days bigint,
  everywhere bigint NOT NULL DEFAULT 0 CHECK (everywhere IN (0, 1)),
  due_at bigint,
  kept_until bigint NOT NULL
);

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
  server_id bigint PRIMARY KEY,
  last_number bigint NOT NULL
);

-- Readers, by pseudonym, who do not read a report because they know somebody in it.
CREATE TABLE report_recusals (
  report_id text COLLATE "C" NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  reader bigint NOT NULL,
  PRIMARY KEY (report_id, reader)
);

-- Members who asked for a second look at what was decided: each of the two once.
CREATE TABLE appeals (
  report_id text COLLATE "C" NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  side text COLLATE "C" NOT NULL CHECK (side IN ('reporter', 'reported')),
  words text COLLATE "C" NOT NULL,
  asked_at bigint NOT NULL,
  decided_at bigint,
  decided_by bigint,
  outcome text COLLATE "C" CHECK (outcome IN ('upheld', 'lifted', 'reopened')),
  sentence text COLLATE "C",
  PRIMARY KEY (report_id, side)
);

CREATE INDEX appeals_open ON appeals (asked_at) WHERE decided_at IS NULL;

-- Members whose reports hold nobody, because staff found one of them to be malicious. `member_id` is a pseudonym after they have
-- deleted their data.
CREATE TABLE malicious_reporters (
  report_id text COLLATE "C" PRIMARY KEY,
  member_id bigint NOT NULL,
  until bigint NOT NULL
);

CREATE INDEX malicious_reporters_by_member ON malicious_reporters (member_id, until);
CREATE INDEX malicious_reporters_by_age ON malicious_reporters (until);

-- Which restrictions a report has led to, and what has held a member, lifted or not.
CREATE INDEX restrictions_by_report ON restrictions (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX holds_by_member ON restrictions (member_id) WHERE kind = 'hold';

-- Members of whom we know that they belong to a server's staff. `reads`: they read reports.
CREATE TABLE staff_members (
  server_id bigint NOT NULL,
  member_id bigint NOT NULL,
  reads bigint NOT NULL CHECK (reads IN (0, 1)),
  seen_at bigint NOT NULL,
  PRIMARY KEY (server_id, member_id)
);

CREATE INDEX staff_members_by_member ON staff_members (member_id);
CREATE INDEX staff_members_by_age ON staff_members (seen_at);

-- What staff did with reports, for a year. Who did it, and about whom, is named by pseudonym.
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  server_id bigint NOT NULL,
  actor bigint NOT NULL,
  about bigint,
  action text COLLATE "C" NOT NULL,
  report_id text COLLATE "C",
  rule bigint,
  sentence text COLLATE "C",
  at bigint NOT NULL
);

CREATE INDEX audit_by_server ON audit (server_id, at);
CREATE INDEX audit_by_age ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor);

-- SQLite's function of this name, for a time in seconds counted from now.
CREATE FUNCTION strftime(format text, moment text, shift text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT extract(epoch FROM moment::timestamptz + shift::interval)::bigint::text WHERE format = '%s' $$;

CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at <= 1000 * CAST(strftime('%s', 'now', '-365 days') AS bigint) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit is never changed, and kept for a year';
END
$$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit();

-- Whom the pseudonyms of the audit stand for, and when it named them last; who deletes their data goes from here.
CREATE TABLE pseudonyms (
  pseudonym bigint PRIMARY KEY,
  member_id bigint NOT NULL,
  named_at bigint NOT NULL
);

CREATE INDEX pseudonyms_by_member ON pseudonyms (member_id);
CREATE INDEX pseudonyms_by_age ON pseudonyms (named_at);

-- The outbox also has messages about gates, tests and reports, those to nobody in particular (`member_id` 0) for the staff's
-- channel among them.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (
  kind IN (
    'card', 'invitation', 'reminder', 'new_link', 'partner_declined', 'no_show', 'match_over', 'unmatched', 'paused', 'gate_open',
    'trial', 'report_received', 'report_late', 'report_decided', 'report_question', 'appeal_decided', 'sanction',
    'staff_alert', 'reader_alert', 'operator_alert', 'check_in'
  )
);
ALTER TABLE outbox DROP CONSTRAINT outbox_route_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_route_check CHECK (route IN ('card', 'direct', 'follow_up', 'mention', 'staff'));

-- `report_id`: the report that a message speaks of.
ALTER TABLE outbox ADD COLUMN report_id text COLLATE "C";
CREATE INDEX outbox_by_report ON outbox (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX outbox_failed_alerts ON outbox (report_id) WHERE kind = 'staff_alert' AND state = 'failed';

ALTER TABLE reports SET (autovacuum_analyze_scale_factor = 0);
ALTER TABLE appeals SET (autovacuum_analyze_scale_factor = 0);
