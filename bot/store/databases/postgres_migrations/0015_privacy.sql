-- Members who have deleted their data, until what was being written just then is deleted as well.
CREATE TABLE deletions (
  member_id bigint PRIMARY KEY,
  deleted_at bigint NOT NULL
);

-- What is deleted with a member, or gets another name, is found by the member.
CREATE INDEX memberships_by_member ON memberships (member_id);
CREATE INDEX setup_drafts_by_member ON setup_drafts (member_id);
DROP INDEX restrictions_by_member;
CREATE INDEX restrictions_by_member ON restrictions (member_id);
