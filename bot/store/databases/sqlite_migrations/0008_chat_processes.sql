-- The chat processes: they share what Discord allows the bot's token. `place` names the machine and the process for people.
-- `token_digest` tells apart two bots over one store; `token_refused`: Discord has refused the token, so nobody may use it.
CREATE TABLE chat_processes (
  holder TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  token_digest TEXT NOT NULL,
  token_refused INTEGER NOT NULL CHECK (token_refused IN (0, 1)),
  shard_ids TEXT NOT NULL CHECK (json_valid(shard_ids)),
  shard_count INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;

-- How many requests of a process Discord has refused, by the minute in which that was noted: too many, and it bans an address.
CREATE TABLE refused_requests (
  holder TEXT NOT NULL,
  noted_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (holder, noted_at)
) STRICT;
