-- Who has filed a report that does not name them, by pseudonym: they have deleted their data, or have undone it. It counts for them
-- at `counts_at` all the same, and can be found to be malicious. What is read of reports never has them.
CREATE TABLE former_reporters (
  report_id TEXT PRIMARY KEY,
  reporter INTEGER NOT NULL,
  counts_at INTEGER NOT NULL
) STRICT;

CREATE INDEX former_reporters_by_reporter ON former_reporters (reporter, counts_at);
CREATE INDEX former_reporters_by_age ON former_reporters (counts_at);

-- A hold begins when its report cannot be undone any more: `since` lies ahead until then.
CREATE INDEX restrictions_by_begin ON restrictions (since) WHERE lifted_at IS NULL;
