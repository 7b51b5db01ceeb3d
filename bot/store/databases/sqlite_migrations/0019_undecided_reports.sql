-- Reports that were opened and not decided are told again, too. `read_at`: when a reader last had it open, NULL for one that nobody
-- has read; `waits_since`: since when it waits for a reader: since it counts or one last had it open, or from when its reporter has
-- had time to answer a question, which may lie ahead; `escalation`: how far it was told again, as bot.domain.report.Escalation says.
ALTER TABLE reports ADD COLUMN waits_since INTEGER NOT NULL DEFAULT 0;
UPDATE reports SET waits_since = max(counts_at, coalesce(read_at, counts_at));

DROP INDEX reports_unread;
CREATE INDEX reports_waiting ON reports (waits_since) WHERE decided_at IS NULL;
