-- What keeps a member from being matched, in one server or everywhere (NULL), from `since` on and before `until` (NULL: until it
-- is lifted). `member_id` is a pseudonym after the member has deleted their data.
CREATE TABLE restrictions (
  id TEXT PRIMARY KEY,
  member_id INTEGER NOT NULL,
  server_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'pause', 'ban')),
  since INTEGER NOT NULL,
  until INTEGER,
  report_id TEXT,
  lifted_at INTEGER
) STRICT;

CREATE INDEX restrictions_by_member ON restrictions (member_id) WHERE lifted_at IS NULL;
CREATE INDEX restrictions_by_end ON restrictions (coalesce(lifted_at, until));
