-- A trial: an admin tries the way into a room, and meets themselves. Its two seats have no ticket, as nobody has searched, and
-- both belong to one member.
ALTER TABLE matches ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT 'study' CHECK (kind IN ('study', 'trial'));

-- Only what names its condition reads this index; for the live trials there is matches_live.
CREATE INDEX matches_trials ON matches (server_id, created_at) WHERE kind <> 'study';

-- When a browser first asked about this link of a trial.
ALTER TABLE invitations ADD COLUMN opened_at bigint;

DROP VIEW seat_in_match;
ALTER TABLE seats ALTER COLUMN ticket_id DROP NOT NULL;
DROP INDEX one_live_seat;
-- A member has one live seat, over all servers; those of a trial do not count, of which a member has one as well.
CREATE UNIQUE INDEX one_live_seat ON seats (member_id) WHERE live = 1 AND ticket_id IS NOT NULL;
CREATE UNIQUE INDEX one_live_trial ON seats (member_id, side) WHERE live = 1 AND ticket_id IS NULL;

-- A seat with its match and the partner's seat. `notified_at`: when the partner's first link was delivered;
-- `partner_reminded_at`: when the reminder to them was. Whether the partner left for good is not here: nobody may learn it.
-- `own_barred_until`: until when the member cannot be matched in this server, if so; in a trial that is no question.
CREATE VIEW seat_in_match AS
SELECT
  m.id, m.kind, m.server_id, m.pool, m.state, m.reason, m.agreement, m.room_name, m.created_at, m.reminded_at, m.met_at, m.ends_at,
  m.parted_at, m.ended_at, m.version,
  own.id AS own_id, own.member_id AS own_member_id, own.ticket_id AS own_ticket_id, own.name AS own_name,
  own.locale AS own_locale, own.side AS own_side,
  own.live AS own_live, own.entered_at AS own_entered_at, own.left_at AS own_left_at, own.left_for_good AS own_left_for_good,
  own.sid AS own_sid,
  partner.id AS partner_id, partner.member_id AS partner_member_id, partner.name AS partner_name, partner.locale AS partner_locale,
  partner.side AS partner_side, partner.entered_at AS partner_entered_at, partner.left_at AS partner_left_at, partner.sid AS partner_sid,
  (SELECT min(i.delivered_at) FROM invitations AS i WHERE i.seat_id = partner.id) AS notified_at,
  (
    SELECT k.barred_until FROM memberships AS k
    WHERE m.kind = 'study' AND k.server_id = m.server_id AND k.member_id = own.member_id
  ) AS own_barred_until,
  (
    SELECT min(o.settled_at) FROM outbox AS o
    WHERE o.match_id = m.id AND o.seat_id = partner.id AND o.kind = 'reminder' AND o.state = 'sent'
  ) AS partner_reminded_at
FROM seats AS own
JOIN matches AS m ON m.id = own.match_id
JOIN seats AS partner ON partner.match_id = own.match_id AND partner.side = 1 - own.side;
