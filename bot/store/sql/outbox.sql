-- Messages that must reach Discord.

-- name: insert
-- Writes nothing for a seat given up or, with `:only_before_entering`, for a member who has been in the room; and nothing about
-- a server that the bot has left.
INSERT INTO outbox (id, kind, member_id, match_id, seat_id, invitation_id, ticket_id, report_id, server_id, locale, payload, route, state, attempts, due_at, useful_until)
SELECT
  :id, :kind, :member_id, :match_id, :seat_id, :invitation_id, :ticket_id, :report_id,
  coalesce(:server_id, (SELECT server_id FROM matches WHERE id = :match_id)),
  coalesce(:locale, (SELECT locale FROM seats WHERE id = :seat_id)),
  :payload, :route, 'pending', 0, :due_at, :useful_until
WHERE NOT EXISTS (
  SELECT 1 FROM seats WHERE id = :seat_id AND (left_at IS NOT NULL OR (:only_before_entering = 1 AND entered_at IS NOT NULL))
) AND NOT EXISTS (
  SELECT 1 FROM servers
  WHERE server_id = coalesce(:server_id, (SELECT server_id FROM matches WHERE id = :match_id)) AND left_at IS NOT NULL
);

-- name: find_due
-- Members without a usable interaction first, then by time. A mention waits for a while after the
-- other mention of its match, so that readers of the channel cannot tell who meets whom.
SELECT o.* FROM outbox AS o
WHERE o.state = 'pending' AND o.due_at <= :now AND o.useful_until > :now
  AND NOT (o.route = 'mention' AND EXISTS (
    SELECT 1 FROM outbox AS other
    WHERE other.match_id = o.match_id AND other.id <> o.id AND other.route = 'mention' AND (
      (other.state = 'sent' AND other.settled_at > :mention_sent_after AND other.settled_at <= :now)
      OR (other.state = 'pending' AND (other.due_at, other.id) < (o.due_at, o.id))
    )
  ))
ORDER BY
  EXISTS (SELECT 1 FROM interactions AS i WHERE i.member_id = o.member_id AND i.opened_at > :opened_after),
  o.due_at, o.id
LIMIT :limit;

-- name: next_due_at
SELECT id, due_at FROM outbox WHERE state = 'pending' ORDER BY due_at LIMIT 1;

-- name: oldest_due
-- When the oldest message that waits was due at first, however often it was put off since. `:useful_for` has by kind how long
-- one is useful.
SELECT min(useful_until - CAST(json_extract(:useful_for, '$.' || kind) AS bigint)) AS due_at FROM outbox
WHERE state = 'pending' AND useful_until > :now;

-- name: fail_unreadable
UPDATE outbox SET state = 'failed', settled_at = :now, reason = 'unreadable'
WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'pending'
RETURNING route;

-- name: mark_sent
-- What changed while it was being sent is not forgotten.
UPDATE outbox SET state = 'sent', settled_at = :now, attempts = 0, channel_id = :channel_id, message_id = :message_id,
  shows = :shows, stale_at = coalesce(stale_at, :changes_at)
WHERE id = :id AND state = 'pending'
RETURNING route;

-- name: postpone
UPDATE outbox SET attempts = attempts + :attempted, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending'
RETURNING route;

-- name: reroute
UPDATE outbox SET route = :route, attempts = attempts + 1, due_at = :due_at, reason = :reason WHERE id = :id AND state = 'pending'
RETURNING route;

-- name: mark_failed
UPDATE outbox SET state = 'failed', settled_at = :now, attempts = attempts + 1, reason = :reason WHERE id = :id AND state = 'pending'
RETURNING route;

-- name: withdraw_by_match
-- Links into a match that has ended are not sent any more.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = :match_id AND state = 'pending' AND kind IN (SELECT value FROM json_each(:link_kinds))
  AND EXISTS (SELECT 1 FROM matches WHERE id = :match_id AND state = 'ended')
RETURNING route;

-- name: withdraw_by_seat
-- Links to a seat that was given up are not sent either.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE match_id = (SELECT match_id FROM seats WHERE id = :seat_id) AND seat_id = :seat_id AND state = 'pending'
  AND kind IN (SELECT value FROM json_each(:link_kinds))
RETURNING route;

-- name: withdraw_by_server
-- The bot has left the server.
UPDATE outbox SET state = 'withdrawn', settled_at = :now WHERE server_id = :server_id AND state = 'pending'
RETURNING route;

-- name: count_by_report
-- How many messages there are about a report; and alerts, `:kinds`, that say or will say a severe reason.
SELECT count(*) AS messages, count(*) FILTER (
  WHERE kind IN (SELECT value FROM json_each(:kinds)) AND state <> 'withdrawn'
    AND json_extract(payload, '$.reason') IN (SELECT value FROM json_each(:severe_reasons))
) AS severe_alerts
FROM outbox WHERE report_id = :report_id;

-- name: messages_are
-- One row, unless another message about the report was written meanwhile.
SELECT 1 AS ok WHERE :count = (SELECT count(*) FROM outbox WHERE report_id = :report_id);

-- name: find_last_settled
-- What became of the last message of this kind to a member, of those that were tried: one that is withdrawn says nothing.
SELECT id, state FROM outbox
WHERE member_id = :member_id AND kind = :kind AND state <> 'pending' AND state <> 'withdrawn'
ORDER BY settled_at DESC LIMIT 1;

-- name: withdraw_by_report
-- The report was undone before anybody was told of it, or it says something else now. A second look still waits for its
-- answer; JSON's true is 1 in SQLite.
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE report_id = :report_id AND state = 'pending' AND kind IN (SELECT value FROM json_each(:kinds))
  AND coalesce(CAST(json_extract(payload, '$.is_appeal') AS text), '') NOT IN ('1', 'true')
RETURNING route;

-- name: find_failed_alerts
-- Messages about reports that Discord did not take in the staff's channel.
SELECT * FROM outbox WHERE kind = 'staff_alert' AND state = 'failed' AND report_id IS NOT NULL LIMIT :limit;

-- name: give_up_alert
-- The readers are told otherwise.
UPDATE outbox SET state = 'withdrawn' WHERE id = :id AND kind = 'staff_alert' AND state = 'failed'
RETURNING id;

-- name: try_follow_up
-- The member has just used the bot: what no route could bring them comes as a follow-up now.
UPDATE outbox SET state = 'pending', route = :route, attempts = 0, due_at = :now, settled_at = NULL, reason = NULL
WHERE member_id = :member_id AND state = 'failed' AND kind IN (SELECT value FROM json_each(:kinds)) AND useful_until > :now;

-- name: withdraw_useless
UPDATE outbox SET state = 'withdrawn', settled_at = :now
WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND useful_until <= :now LIMIT :limit)
RETURNING route;

-- name: save_card
-- A member has one live card: a newer one takes the place of the row, but not the answer to an earlier interaction that was
-- slower. It is drawn again if anything has changed since it was begun, when `changes` was `:changes`. If the same message was
-- edited otherwise in the meantime, nobody knows which edit came last.
INSERT INTO outbox (id, kind, member_id, server_id, locale, payload, route, state, attempts, due_at, useful_until, settled_at, shows, stale_at)
SELECT 'card:' || :member_id, 'card', :member_id, :server_id, :locale, :payload, 'card', 'sent', 0, :now, :now, :now, :shows, :now
WHERE NOT EXISTS (
  SELECT 1 FROM interactions
  WHERE member_id = :member_id AND card = 1 AND opened_at > :opened_at AND message_id <> :message_id
)
ON CONFLICT (id) DO UPDATE SET
  server_id = excluded.server_id, locale = excluded.locale, payload = excluded.payload, state = 'sent', attempts = 0, due_at = excluded.due_at,
  settled_at = excluded.settled_at, changes = outbox.changes + 1,
  shows = CASE WHEN outbox.shows IS NULL AND EXISTS (
    SELECT 1 FROM interactions WHERE member_id = :member_id AND card = 1 AND message_id = :message_id
  ) THEN NULL ELSE excluded.shows END,
  stale_at = CASE WHEN outbox.changes = :changes AND outbox.shows IS NOT NULL THEN :changes_at ELSE :now END;

-- name: count_card_change
-- An answer is about to be shown, perhaps on this very message: a drawing that has begun before is not the last edit.
UPDATE outbox SET changes = changes + 1 WHERE id = 'card:' || :member_id RETURNING changes;

-- name: give_up_follow_up
-- This message has become the member's card, so it does not show any more what it was sent for.
UPDATE outbox SET message_id = NULL, stale_at = NULL
WHERE member_id = :member_id AND route = 'follow_up' AND state = 'sent' AND message_id = :message_id;

-- name: mark_stale_by_member
-- What this member was shown about a search may no longer hold. An earlier mark stays: drawing finds out what comes later.
UPDATE outbox SET stale_at = CASE WHEN stale_at < :stale_at THEN stale_at ELSE :stale_at END, changes = changes + 1
WHERE member_id = :member_id AND state IN ('pending', 'sent') AND kind IN (SELECT value FROM json_each(:search_kinds));

-- name: mark_stale_by_server
-- The same for everybody who waits in one of these servers; and for each card that can still be edited, as its interaction is
-- kept for no longer, of somebody who has searched there or was shown it there: it may say whether a search can begin.
WITH concerned AS (
  SELECT CAST(named.value AS bigint) AS server_id
  FROM json_each(:server_ids) AS named LEFT JOIN servers AS s ON s.server_id = CAST(named.value AS bigint)
  WHERE :only_left = 0 OR s.left_at IS NOT NULL
)
UPDATE outbox SET stale_at = :stale_at, changes = changes + 1
WHERE state IN ('pending', 'sent') AND id IN (
  SELECT o.id FROM tickets AS t JOIN outbox AS o ON o.member_id = t.member_id
  WHERE t.server_id IN (SELECT server_id FROM concerned) AND t.state = 'waiting' AND o.kind IN (SELECT value FROM json_each(:search_kinds))
  UNION
  SELECT 'card:' || shown.member_id FROM interactions AS shown JOIN tickets AS t ON t.member_id = shown.member_id
  WHERE shown.card = 1 AND shown.opened_at > 0 AND t.server_id IN (SELECT server_id FROM concerned)
  UNION
  SELECT card.id FROM interactions AS shown JOIN outbox AS card ON card.id = 'card:' || shown.member_id
  WHERE shown.card = 1 AND shown.opened_at > 0 AND card.server_id IN (SELECT server_id FROM concerned)
);

-- name: mark_stale_by_match
-- The same for what both members were shown about this match, or that of this seat, and for their cards.
UPDATE outbox SET stale_at = CASE WHEN stale_at < :stale_at THEN stale_at ELSE :stale_at END, changes = changes + 1
WHERE state IN ('pending', 'sent') AND id IN (
  SELECT id FROM outbox
  WHERE match_id = coalesce(:match_id, (SELECT match_id FROM seats WHERE id = :seat_id)) AND kind IN (SELECT value FROM json_each(:match_kinds))
  UNION
  SELECT 'card:' || member_id FROM seats WHERE match_id = coalesce(:match_id, (SELECT match_id FROM seats WHERE id = :seat_id))
);

-- name: mark_stale_by_meeting
-- The same for the match that has become a meeting in this room just now, if it has.
UPDATE outbox SET stale_at = CASE WHEN stale_at < :stale_at THEN stale_at ELSE :stale_at END, changes = changes + 1
WHERE state IN ('pending', 'sent') AND id IN (
  SELECT o.id FROM matches AS m JOIN outbox AS o ON o.match_id = m.id
  WHERE m.room_name = :room_name AND m.met_at = :stale_at AND o.kind IN (SELECT value FROM json_each(:match_kinds))
  UNION
  SELECT 'card:' || s.member_id FROM matches AS m JOIN seats AS s ON s.match_id = m.id
  WHERE m.room_name = :room_name AND m.met_at = :stale_at
);

-- name: mark_stale_by_seat
-- The same for what the member of this seat was shown; the partner's messages are not touched.
UPDATE outbox SET stale_at = CASE WHEN stale_at < :stale_at THEN stale_at ELSE :stale_at END, changes = changes + 1
WHERE state IN ('pending', 'sent') AND id IN (
  SELECT o.id FROM seats AS s JOIN outbox AS o ON o.match_id = s.match_id AND o.seat_id = s.id
  WHERE s.id = :seat_id AND o.kind IN (SELECT value FROM json_each(:link_kinds))
  UNION
  SELECT 'card:' || member_id FROM seats WHERE id = :seat_id
);

-- name: find_unmatched
-- The message about the end of this search.
SELECT * FROM outbox WHERE member_id = :member_id AND ticket_id = :ticket_id AND kind = 'unmatched';

-- name: find_stale
-- While something that a member has used is being answered, what the answer may replace waits for it.
SELECT * FROM outbox AS o WHERE state = 'sent' AND stale_at <= :now AND route IN (SELECT value FROM json_each(:routes))
  AND NOT (route IN (SELECT value FROM json_each(:replaceable)) AND EXISTS (
    SELECT 1 FROM interactions AS opened
    WHERE opened.member_id = o.member_id AND opened.card = 0 AND opened.outbox_id = '' AND opened.message_id IS NULL
      AND opened.opened_at BETWEEN :opened_after AND :now
  ))
ORDER BY stale_at LIMIT :limit;

-- name: leave_unreadable
UPDATE outbox SET stale_at = NULL WHERE id IN (SELECT value FROM json_each(:ids));

-- name: mark_drawn
-- What changed while it was being drawn is not forgotten. A card may also have been edited by a command in the meantime,
-- and nobody knows which edit came last, so it is edited again. The note of a card stays while the rest is the same.
UPDATE outbox SET
  attempts = 0,
  payload = CASE WHEN kind = 'card' AND changes = :changes AND json_extract(payload, '$.shows') <> :shows THEN 'null' ELSE payload END,
  shows = CASE WHEN changes = :changes THEN :shows END,
  stale_at = CASE WHEN changes = :changes THEN :changes_at ELSE :now END
WHERE id = :id;

-- name: postpone_drawing
-- An edit that was attempted may have arrived all the same.
UPDATE outbox SET
  attempts = attempts + :attempted,
  reason = :reason,
  shows = CASE WHEN :attempted = 0 THEN shows END,
  stale_at = CASE WHEN changes = :changes THEN :again_at ELSE stale_at END
WHERE id = :id;

-- name: delete_expired
-- What may still reach its member stays, and what has to be drawn again: messages about a live match, those to members who wait or have a live seat, and stale
-- ones, unless drawing has failed and nothing of their member has ended since `:before`: then it has failed for long enough.
DELETE FROM outbox WHERE id IN (
  SELECT o.id FROM outbox AS o
  WHERE o.state <> 'pending' AND o.settled_at < :before
    AND (o.state <> 'failed' OR o.useful_until < :before)
    AND (
      o.state <> 'sent' OR o.stale_at IS NULL OR (
        o.attempts > 0
        AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = o.member_id AND ended_at >= :before)
        AND NOT EXISTS (
          SELECT 1 FROM seats AS s JOIN matches AS m ON m.id = s.match_id WHERE s.member_id = o.member_id AND m.ended_at >= :before
        )
      )
    )
    AND NOT EXISTS (SELECT 1 FROM matches WHERE id = o.match_id AND state <> 'ended')
    AND NOT EXISTS (SELECT 1 FROM seats WHERE member_id = o.member_id AND live = 1)
    AND NOT EXISTS (SELECT 1 FROM tickets WHERE member_id = o.member_id AND state = 'waiting')
  LIMIT :limit
) RETURNING 1;

-- name: pull_back
-- A message that reports what lies ahead, or would be due later than any attempt is postponed, is due now. It stays useful for
-- no longer than a new one of its kind; `:useful_for` has these times by kind. One about a report waits until that stands.
-- What time alone could not make stale so late is stale now.
UPDATE outbox SET
  due_at = CASE WHEN state = 'pending' THEN :now ELSE due_at END,
  useful_until = CASE WHEN state = 'pending' THEN min(useful_until, :now + CAST(json_extract(:useful_for, '$.' || kind) AS bigint)) ELSE useful_until END,
  stale_at = CASE WHEN stale_at > :ahead + :link_lifetime THEN :now ELSE stale_at END
WHERE (state = 'pending' AND due_at > :ahead + :longest_postponement)
  OR (state = 'pending' AND useful_until > :ahead AND useful_until
    > :ahead + CAST(json_extract(:useful_for, '$.' || kind) AS bigint) + CASE WHEN report_id IS NULL THEN 0 ELSE :undo_report_for END)
  OR (state = 'sent' AND stale_at > :ahead + :link_lifetime);

-- name: count_links
-- Links of a server that were sent, and by which way; and whether Discord refused one of anybody's for what is in it.
SELECT
  coalesce(sum(CASE WHEN server_id = :server_id AND state = 'sent' THEN 1 ELSE 0 END), 0) AS sent,
  coalesce(sum(CASE WHEN server_id = :server_id AND state = 'sent' AND route <> :route THEN 1 ELSE 0 END), 0) AS not_direct,
  coalesce(max(CASE WHEN reason LIKE :first_refusal OR reason LIKE :other_refusal THEN 1 ELSE 0 END), 0) AS refused
FROM outbox WHERE kind = :kind AND state <> 'pending' AND settled_at >= :since;

-- name: mark_stale_by_partner
-- What the partners of a member were shown may have their name in it.
UPDATE outbox SET stale_at = CASE WHEN stale_at < :stale_at THEN stale_at ELSE :stale_at END, changes = changes + 1
WHERE state IN ('pending', 'sent') AND id IN (
  SELECT o.id FROM seats AS s JOIN outbox AS o ON o.match_id = s.match_id
  WHERE s.member_id = :member_id AND o.kind IN (SELECT value FROM json_each(:link_kinds))
  UNION
  SELECT 'card:' || partner.member_id FROM seats AS s JOIN seats AS partner ON partner.match_id = s.match_id
  WHERE s.member_id = :member_id
);

-- name: erase
DELETE FROM outbox WHERE member_id = :member_id;

-- name: export
-- Only what was sent: what waits may be meant for later.
SELECT * FROM outbox WHERE member_id = :member_id AND state = 'sent' ORDER BY settled_at DESC LIMIT :limit;
