-- What keeps a member from being matched, in one server or everywhere (NULL), from `since` on and before `until` (NULL: until it
-- is lifted). `member_id` is a pseudonym after the member has deleted their data.
CREATE TABLE restrictions (
  id text COLLATE "C" PRIMARY KEY,
  member_id bigint NOT NULL,
  server_id bigint,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('hold', 'pause', 'ban')),
  since bigint NOT NULL,
  until bigint,
  report_id text COLLATE "C",
  lifted_at bigint
);

CREATE INDEX restrictions_by_member ON restrictions (member_id) WHERE lifted_at IS NULL;
CREATE INDEX restrictions_by_end ON restrictions (coalesce(lifted_at, until));
