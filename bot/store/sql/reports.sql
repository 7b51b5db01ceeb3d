-- Reports about members. No match and no seat waits for one.

-- name: find_seat
-- A seat as somebody's who reports their partner, with what is copied into the report.
SELECT own.id AS seat_id, m.id AS match_id, m.server_id, m.pool, m.created_at, m.met_at, m.ended_at, own.side,
  own.member_id AS reporter_id, own.locale AS reporter_locale, own.entered_at AS own_entered_at, own.left_at AS own_left_at,
  partner.member_id AS reported_id, partner.locale AS reported_locale, partner.entered_at AS partner_entered_at,
  partner.left_at AS partner_left_at,
  (SELECT min(delivered_at) FROM invitations WHERE seat_id = own.id) AS own_invited_at,
  (SELECT min(delivered_at) FROM invitations WHERE seat_id = partner.id) AS partner_invited_at,
  (SELECT subject FROM tickets WHERE id = own.ticket_id) AS subject
FROM seats AS own JOIN matches AS m ON m.id = own.match_id
JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side
WHERE own.id = :seat_id;

-- name: seat_members_are
-- One row, unless one of the two has deleted their data, or is here again, since the seat was read: who has another name then.
SELECT 1 AS ok FROM seats AS own JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side
WHERE own.id = :seat_id AND own.member_id = :reporter_id AND partner.member_id = :reported_id;

-- name: members_are
-- One row, unless the same has happened since the report was read; 0 is a reporter whom it does not name.
SELECT 1 AS ok FROM reports
WHERE id = :report_id AND reported_id = :reported_id AND coalesce(reporter_id, 0) = :reporter_id;

-- name: find_reportable
-- The members with whom this member was matched since `:ended_after`, or is, the newest match first.
SELECT own.id AS seat_id, partner.member_id AS partner_id, partner.name AS partner_name, m.created_at,
  (SELECT number FROM reports WHERE match_id = m.id AND side = own.side) AS number
FROM seats AS own JOIN matches AS m ON m.id = own.match_id
JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side
WHERE own.member_id = :member_id AND partner.member_id <> :member_id AND (m.state <> 'ended' OR m.ended_at > :ended_after)
ORDER BY m.created_at DESC LIMIT :limit;

-- name: find_own
-- A report as its reporter's, while their seat is kept.
SELECT own.id AS seat_id, r.number, r.decided_at, partner.name AS partner_name FROM reports AS r
JOIN seats AS own ON own.match_id = r.match_id AND own.side = r.side
JOIN seats AS partner ON partner.match_id = r.match_id AND partner.side = 1 - r.side
WHERE r.id = :report_id AND r.reporter_id = :member_id;

-- name: find_by_side
SELECT * FROM reports WHERE match_id = :match_id AND side = :side;

-- name: find_latest_counted
-- When the newest reports of a member count, also those that do not name them.
SELECT counts_at FROM reports WHERE reporter_id = :reporter_id
UNION ALL
SELECT counts_at FROM former_reporters WHERE reporter = :reporter
ORDER BY counts_at DESC LIMIT :limit;

-- name: counts_are
-- One row, unless the reporter has filed a report meanwhile.
SELECT 1 AS ok WHERE min(:limit, (
  (SELECT count(*) FROM reports WHERE reporter_id = :reporter_id AND counts_at > :counted_after)
  + (SELECT count(*) FROM former_reporters WHERE reporter = :reporter AND counts_at > :counted_after)
)) = :count;

-- name: add
INSERT INTO reports (
  id, server_id, number, match_id, side, reporter_id, reporter_locale, reported_id, reported_locale, place, reason, words,
  evidence, filed_at, counts_at, announced, blocked_before, about_staff, to_operator, kept_until, waits_since
)
SELECT
  :id, :server_id, :number, :match_id, :side, :reporter_id, :reporter_locale, :reported_id, :reported_locale, :place, :reason, :words,
  :evidence, :filed_at, :counts_at, :announced,
  CASE WHEN EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :blocker_id AND blocked_id = :reported_id) THEN 1 ELSE 0 END,
  :about_staff, :to_operator, :kept_until, :counts_at
WHERE :blocker_id <> :reported_id
RETURNING id;

-- name: say_more
-- Its reporter says more, as long as nothing is decided; `:known_words` are those before. It names them again if they have
-- deleted their data. If a reader has opened it, an answer waits for them from now on, and so does another reason.
UPDATE reports SET reason = :reason, words = :words, reporter_id = :reporter_id, waits_since = CASE
  WHEN read_at IS NULL THEN waits_since
  WHEN :reason <> :known_reason THEN :now
  ELSE min(waits_since, :now)
END
WHERE id = :report_id AND words = :known_words AND reason = :known_reason AND decided_at IS NULL
RETURNING id;

-- name: keep_block
-- Undoing a report leaves a block that its reporter has asked for since.
UPDATE reports SET blocked_before = 1 WHERE reporter_id = :reporter_id AND reported_id = :reported_id AND blocked_before = 0;

-- name: undo
-- In time, and before anybody could see it.
DELETE FROM reports WHERE id = :report_id AND filed_at > :filed_after
RETURNING id;

-- name: find
SELECT * FROM reports WHERE id = :report_id;

-- name: find_earlier
-- Other reports about the same member in this server that were decided. One that accuses nobody never counts.
SELECT id, number, decision, decided_at, pause_days FROM reports
WHERE reported_id IN (:member_id, :pseudonym) AND server_id = :server_id AND decided_at IS NOT NULL AND reason <> 'worry'
  AND id <> :report_id
ORDER BY decided_at;

-- name: is_readable
-- One row if this reader may read the report: it is of their server, neither by them nor about them, they have not said that
-- they know somebody in it, and nobody can undo it any more. The operator reads what was handed on.
SELECT r.* FROM reports AS r
WHERE r.id = :report_id AND r.server_id = :server_id AND r.filed_at <= :filed_before
  AND r.reported_id NOT IN (:reader_id, :reader) AND (r.reporter_id IS NULL OR r.reporter_id <> :reader_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = r.id AND reporter = :reader)
  AND NOT EXISTS (SELECT 1 FROM report_recusals WHERE report_id = r.id AND reader = :reader)
  AND (:is_staff = 1 OR (:is_operator = 1 AND r.to_operator = 1));

-- name: list_open
-- The undecided reports that this reader may read, in the same words as `is_readable`; the oldest first.
SELECT r.* FROM reports AS r
WHERE r.server_id = :server_id AND r.decided_at IS NULL AND r.filed_at <= :filed_before
  AND r.reported_id NOT IN (:reader_id, :reader) AND (r.reporter_id IS NULL OR r.reporter_id <> :reader_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = r.id AND reporter = :reader)
  AND NOT EXISTS (SELECT 1 FROM report_recusals WHERE report_id = r.id AND reader = :reader)
  AND (:is_staff = 1 OR (:is_operator = 1 AND r.to_operator = 1))
ORDER BY r.filed_at, r.id LIMIT :limit;

-- name: count_open
-- What wants a reader in a server, as somebody may know it who is no party to it; who may be is counted out. Reports about staff
-- are counted for readers alone.
SELECT count(*) AS open, count(*) FILTER (WHERE r.read_at IS NULL) AS unread, min(r.counts_at) AS oldest_at,
  count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM restrictions WHERE report_id = r.id AND kind = 'hold' AND lifted_at IS NULL AND until > :now
  )) AS held
FROM reports AS r
WHERE r.server_id = :server_id AND r.decided_at IS NULL AND r.filed_at <= :filed_before
  AND r.reported_id NOT IN (:reader_id, :reader) AND (r.reporter_id IS NULL OR r.reporter_id <> :reader_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = r.id AND reporter = :reader)
  AND NOT EXISTS (SELECT 1 FROM report_recusals WHERE report_id = r.id AND reader = :reader)
  AND (:is_staff = 1 OR r.about_staff = 0);

-- name: mark_read
-- A reader has it open now.
UPDATE reports SET read_at = :now, waits_since = max(waits_since, :now) WHERE id = :report_id;

-- name: ask
-- A reader asks its reporter, who can take until `:answer_by`.
UPDATE reports SET read_at = :now, waits_since = :answer_by WHERE id = :report_id AND decided_at IS NULL
RETURNING id;

-- name: take
-- A reader has it alone for a while, unless another has it.
UPDATE reports SET taken_by = :reader, taken_until = :until
WHERE id = :report_id AND decided_at IS NULL AND (taken_by IS NULL OR taken_by = :reader OR taken_until <= :now)
RETURNING id;

-- name: release
UPDATE reports SET taken_by = NULL, taken_until = NULL WHERE id = :report_id AND taken_by = :reader
RETURNING id;

-- name: decide
-- Once, and not while another reader has it. What has not counted until then never does: staff know it, and no hold begins.
UPDATE reports SET announced = 1, decided_at = :now, decided_by = :reader, decision = :decision, rule = :rule, sentence = :sentence,
  pause_days = :pause_days, everywhere = :everywhere, due_at = :due_at, kept_until = :kept_until, read_at = coalesce(read_at, :now),
  taken_by = NULL, taken_until = NULL
WHERE id = :report_id AND decided_at IS NULL AND (taken_by IS NULL OR taken_by = :reader OR taken_until <= :now)
RETURNING id;

-- name: is_undecided
-- One row, unless the report was decided meanwhile.
SELECT 1 AS ok FROM reports WHERE id = :report_id AND decided_at IS NULL;

-- name: reopen
-- Its reporter has asked for a second look, and it is to be decided again: to be told again from now on, as one that was opened.
UPDATE reports SET decided_at = NULL, decided_by = NULL, decision = NULL, rule = NULL, sentence = NULL, pause_days = NULL,
  everywhere = 0, due_at = NULL, kept_until = :kept_until, read_at = :now, waits_since = :now, escalation = :escalation
WHERE id = :report_id AND decided_at IS NOT NULL
RETURNING id;

-- name: lift
-- What was decided counts no more, and a sanction that has not begun never does.
UPDATE reports SET decision = 'close', pause_days = NULL, due_at = NULL
WHERE id = :report_id AND decided_at IS NOT NULL
RETURNING id;

-- name: hand_over
UPDATE reports SET to_operator = 1 WHERE id = :report_id AND decided_at IS NULL AND to_operator = 0
RETURNING id;

-- name: put_back
-- A reader knows somebody in it: if it is undecided it counts as unread again, and it goes to the operator if `:to_operator`.
-- If it is the operator who knows somebody, it is theirs no more, and its readers are told of it from the beginning.
UPDATE reports SET
  read_at = CASE WHEN decided_at IS NULL THEN NULL ELSE read_at END, waits_since = counts_at,
  to_operator = CASE WHEN :is_operator = 1 AND decided_at IS NULL THEN 0 ELSE max(to_operator, :to_operator) END,
  escalation = CASE WHEN :is_operator = 1 AND decided_at IS NULL THEN :escalation ELSE escalation END,
  taken_by = CASE WHEN taken_by = :reader THEN NULL ELSE taken_by END
WHERE id = :report_id
RETURNING id;

-- name: find_late
-- Reports that count by now and were not announced, because their reporters had filed many. Those of a server that the bot has
-- left wait until it is back: nothing can be sent about them.
SELECT * FROM reports
WHERE announced = 0 AND counts_at <= :now
  AND NOT EXISTS (SELECT 1 FROM servers AS s WHERE s.server_id = reports.server_id AND s.left_at IS NOT NULL)
ORDER BY counts_at LIMIT :limit;

-- name: announce
UPDATE reports SET announced = 1 WHERE id = :report_id AND announced = 0
RETURNING id;

-- name: find_waiting
-- Undecided reports of which the readers are to be told again, because they have waited since `:waits_before` or, with a severe
-- reason, `:severe_before`: once if nobody has read them, and once if a reader has opened them. And those of which the readers were
-- told again, if they have waited for twice as long and the operator does not read them yet. Not those of a server that the bot has left.
SELECT * FROM reports
WHERE decided_at IS NULL AND announced = 1 AND waits_since <= CASE
  WHEN escalation < CASE WHEN read_at IS NULL THEN :unread ELSE :undecided END THEN
    CASE WHEN reason IN (SELECT value FROM json_each(:severe_reasons)) THEN :severe_before ELSE :waits_before END
  WHEN to_operator = 1 THEN -1
  WHEN reason IN (SELECT value FROM json_each(:severe_reasons)) THEN :severe_long_before
  ELSE :long_before
END
  AND NOT EXISTS (SELECT 1 FROM servers AS s WHERE s.server_id = reports.server_id AND s.left_at IS NOT NULL)
ORDER BY waits_since LIMIT :limit;

-- name: escalate
-- Unless somebody has opened it or asks about it just then. It has waited since `:told_since` at the earliest, so that what is told
-- late leaves as much time before the operator is told.
UPDATE reports SET escalation = :escalation, to_operator = max(to_operator, :to_operator), waits_since = max(waits_since, :told_since)
WHERE id = :report_id AND escalation = :known_escalation AND waits_since = :known_waits_since AND decided_at IS NULL
RETURNING id;

-- name: find_for_operator
-- What the operator, `:member_id`, was not told of yet, or not since readers were told that it is undecided. Of a report by them or
-- about them they never are, whatever they deleted; nor if they have said that they know somebody in it; nor while the bot has left the server.
SELECT r.* FROM reports AS r
WHERE r.to_operator = 1 AND r.decided_at IS NULL AND r.announced = 1
  AND r.escalation NOT IN (:operator_first, :operator, :operator_last) AND r.filed_at <= :filed_before
  AND r.reported_id NOT IN (:member_id, :pseudonym) AND (r.reporter_id IS NULL OR r.reporter_id <> :member_id)
  AND NOT EXISTS (SELECT 1 FROM former_reporters WHERE report_id = r.id AND reporter = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM report_recusals WHERE report_id = r.id AND reader = :pseudonym)
  AND NOT EXISTS (SELECT 1 FROM servers AS s WHERE s.server_id = r.server_id AND s.left_at IS NOT NULL)
LIMIT :limit;

-- name: tell_operator
-- Unless somebody has opened it just then, or does not read it any more. It waits for them since `:told_since` at the earliest.
UPDATE reports SET escalation = :escalation, waits_since = max(waits_since, :told_since)
WHERE id = :report_id AND escalation = :known_escalation AND waits_since = :known_waits_since AND to_operator = 1
  AND decided_at IS NULL
RETURNING id;

-- name: find_due
-- Decided sanctions that are to begin.
SELECT * FROM reports WHERE due_at <= :now ORDER BY due_at LIMIT :limit;

-- name: begin
-- Once: the sanction begins.
UPDATE reports SET due_at = NULL WHERE id = :report_id AND due_at IS NOT NULL
RETURNING id;

-- name: mark_about_staff
-- A member turned out to belong to the server's staff.
UPDATE reports SET about_staff = 1
WHERE reported_id IN (:member_id, :pseudonym) AND server_id = :server_id AND about_staff = 0;

-- name: pull_back
-- What was filed, opened, decided or taken ahead of the clock was so now; what was to come later still comes as much later.
UPDATE reports SET
  waits_since = CASE
    WHEN read_at > :ahead THEN waits_since - (read_at - :now)
    WHEN filed_at > :ahead THEN waits_since - (filed_at - :now)
    WHEN announced = 1 AND waits_since > :ahead + :answer_within THEN :now
    ELSE waits_since
  END,
  read_at = CASE WHEN read_at > :ahead THEN :now ELSE read_at END,
  counts_at = CASE WHEN filed_at > :ahead THEN counts_at - (filed_at - :now) ELSE counts_at END,
  filed_at = CASE WHEN filed_at > :ahead THEN :now ELSE filed_at END,
  due_at = CASE WHEN decided_at > :ahead THEN due_at - (decided_at - :now) ELSE due_at END,
  decided_at = CASE WHEN decided_at > :ahead THEN :now ELSE decided_at END,
  taken_until = CASE WHEN taken_until > :ahead + :lock_for THEN :now ELSE taken_until END
WHERE id IN (
  SELECT id FROM reports WHERE decided_at IS NULL AND (
    filed_at > :ahead OR taken_until > :ahead + :lock_for OR read_at > :ahead
    OR (announced = 1 AND waits_since > :ahead + :answer_within)
  )
  UNION
  SELECT id FROM reports WHERE due_at > :ahead AND decided_at > :ahead
);

-- name: delete_expired
-- While a sanction has not begun, or there is still a trace of it, it is kept. Now is between `:before` and `:after`. Counting
-- makes PostgreSQL look for the restrictions of each report, instead of reading all there are.
DELETE FROM reports WHERE id IN (
  SELECT r.id FROM reports AS r
  WHERE r.kept_until < (:before + :after) / 2 AND r.due_at IS NULL
    AND (SELECT count(*) FROM restrictions WHERE report_id = r.id AND kind <> 'hold') = 0
  LIMIT :limit
) RETURNING 1;

-- name: export
-- Those that the member has filed. Those about them would tell of others.
SELECT * FROM reports WHERE reporter_id = :member_id ORDER BY filed_at DESC LIMIT :limit;

-- name: erase
-- A report stays without its reporter and their words.
UPDATE reports SET reporter_id = NULL, words = '' WHERE reporter_id = :member_id;

-- name: erase_reported
UPDATE reports SET reported_id = :pseudonym WHERE reported_id = :member_id;

-- name: recognize
UPDATE reports SET reported_id = :member_id WHERE reported_id = :pseudonym;
