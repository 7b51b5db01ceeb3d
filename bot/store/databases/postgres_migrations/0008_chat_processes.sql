-- The chat processes: they share what Discord allows the bot's token. `place` names the machine and the process for people.
-- `token_digest` tells apart two bots over one store; `token_refused`: Discord has refused the token, so nobody may use it.
CREATE TABLE chat_processes (
  holder text COLLATE "C" PRIMARY KEY,
  place text COLLATE "C" NOT NULL,
  token_digest text COLLATE "C" NOT NULL,
  token_refused bigint NOT NULL CHECK (token_refused IN (0, 1)),
  shard_ids text COLLATE "C" NOT NULL CHECK (shard_ids::json IS NOT NULL),
  shard_count bigint NOT NULL,
  seen_at bigint NOT NULL
);

-- How many requests of a process Discord has refused, by the minute in which that was noted: too many, and it bans an address.
CREATE TABLE refused_requests (
  holder text COLLATE "C" NOT NULL,
  noted_at bigint NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (holder, noted_at)
);
