-- The search that a member asked for before they agreed to the server's rules: it begins when they do. `remembered`: the wishes
-- to remember for later searches; `moves`: whether it ends one in another server.
CREATE TABLE postponed_searches (
  server_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  wishes TEXT NOT NULL CHECK (json_valid(wishes)),
  remembered TEXT NOT NULL CHECK (json_valid(remembered)),
  wait_minutes INTEGER,
  moves INTEGER NOT NULL CHECK (moves IN (0, 1)),
  postponed_at INTEGER NOT NULL,
  PRIMARY KEY (server_id, member_id)
) STRICT;

CREATE INDEX postponed_searches_by_member ON postponed_searches (member_id, postponed_at);
CREATE INDEX postponed_searches_by_age ON postponed_searches (postponed_at);
