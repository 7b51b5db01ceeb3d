-- The search that a member asked for before they agreed to the server's rules: it begins when they do. `remembered`: the wishes
-- to remember for later searches; `moves`: whether it ends one in another server.
CREATE TABLE postponed_searches (
  server_id bigint NOT NULL,
  member_id bigint NOT NULL,
  wishes text COLLATE "C" NOT NULL CHECK (wishes::json IS NOT NULL),
  remembered text COLLATE "C" NOT NULL CHECK (remembered::json IS NOT NULL),
  wait_minutes bigint,
  moves bigint NOT NULL CHECK (moves IN (0, 1)),
  postponed_at bigint NOT NULL,
  PRIMARY KEY (server_id, member_id)
);

CREATE INDEX postponed_searches_by_member ON postponed_searches (member_id, postponed_at);
CREATE INDEX postponed_searches_by_age ON postponed_searches (postponed_at);
