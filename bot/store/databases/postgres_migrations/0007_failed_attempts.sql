-- Failed attempts of clients, each known by a hash of its address alone, so that all processes count them together.
CREATE TABLE failed_attempts (
  id text COLLATE "C" PRIMARY KEY,
  client_hash bytea NOT NULL,
  failed_at bigint NOT NULL
);

CREATE INDEX failed_attempts_by_client ON failed_attempts (client_hash, failed_at);
CREATE INDEX failed_attempts_by_age ON failed_attempts (failed_at);
