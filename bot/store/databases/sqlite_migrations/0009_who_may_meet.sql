-- Who may meet whom in a server: `minor_role_id` and `adult_role_id` make its two pools where some are under 18; `gate`: how
-- long members have had their accounts and been in the server, NULL until an admin has chosen; `rules`: the server's own words
-- for the rules of studying together, NULL for ours, and `rules_version` grows with each change of them.
-- `staff_channel_id` is told that there is a report, and members with `reader_role_id` read it.
ALTER TABLE servers ADD COLUMN minor_role_id INTEGER;
ALTER TABLE servers ADD COLUMN adult_role_id INTEGER;
ALTER TABLE servers ADD COLUMN staff_channel_id INTEGER;
ALTER TABLE servers ADD COLUMN reader_role_id INTEGER;
ALTER TABLE servers ADD COLUMN gate TEXT CHECK (gate IN ('open', 'careful', 'strict'));
ALTER TABLE servers ADD COLUMN hides_partner_video INTEGER NOT NULL DEFAULT 0 CHECK (hides_partner_video IN (0, 1));
ALTER TABLE servers ADD COLUMN panel_text TEXT;
ALTER TABLE servers ADD COLUMN rules TEXT CHECK (rules IS NULL OR json_valid(rules));
ALTER TABLE servers ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 1;

CREATE INDEX servers_separated ON servers (server_id) WHERE audience IN ('mixed', 'unsure');

-- What Discord told of a member besides: `age_group` by the roles of a server with two pools; `joined_at`: since when they are
-- in the server; `barred_reason`: why they cannot be matched there.
ALTER TABLE memberships ADD COLUMN age_group TEXT CHECK (age_group IN ('minor', 'adult', 'neither', 'both'));
ALTER TABLE memberships ADD COLUMN joined_at INTEGER;
ALTER TABLE memberships ADD COLUMN barred_reason TEXT;

-- Which version of a server's rules a member has agreed to, and when.
CREATE TABLE rules_consents (
  server_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  version TEXT NOT NULL,
  agreed_at INTEGER NOT NULL,
  PRIMARY KEY (server_id, member_id)
) STRICT;

CREATE INDEX rules_consents_by_member ON rules_consents (member_id);
