-- SQLite's aggregate of this name, for whole numbers.
CREATE FUNCTION json_of_numbers(numbers bigint[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT array_to_json(numbers)::text $$;
CREATE AGGREGATE json_group_array(bigint) (SFUNC = array_append, STYPE = bigint[], INITCOND = '{}', FINALFUNC = json_of_numbers);

-- By which route the outbox delivered a link at first; NULL if it was not sent by the outbox, or by an older version.
ALTER TABLE invitations ADD COLUMN delivered_by text COLLATE "C" CHECK (delivered_by IN ('card', 'direct', 'follow_up', 'mention'));

-- What was decided in a server, by time: whether two met, and how searches ended.
CREATE INDEX matches_decided ON matches (server_id, coalesce(met_at, ended_at));
CREATE INDEX tickets_by_server ON tickets (server_id, ended_at);
