"""A new search as statements: a ticket is added unless something keeps its member from being matched."""

from collections.abc import Sequence

from bot.domain.ticket import Ticket, Wishes
from bot.store.codec import encode
from bot.store.database import Statement, Value
from bot.store.pools import IN_POOL, NOT_BARRED, in_pool, not_barred
from bot.store.postponed_searches import delete_postponed
from bot.store.recognition import IS_RECOGNIZED, recognized
from bot.store.restrictions import NOT_RESTRICTED, not_restricted
from bot.store.rules_consents import AGREED, agreed_to_rules
from bot.store.stale import mark_search
from bot.store.times import to_ms

__all__ = ["AGREED", "IN_POOL", "IS_RECOGNIZED", "NOT_BARRED", "NOT_RESTRICTED", "search_statements", "ticket_values"]


def search_statements(ticket: Ticket, remembered: Wishes, privacy_key: bytes, *, moves: bool) -> Sequence[Statement]:
    """The statements that begin a search; the list fails at the first that refuses it.

    They also remember wishes for the next search, forget what was postponed in this server and, if the search `moves`,
    end the member's ticket in another one. A member who has deleted their data has to be recognized first.
    """
    wishes = {
        "member_id": ticket.member_id,
        "server_id": ticket.server_id,
        "wishes": encode(remembered),
        "now": to_ms(ticket.waiting_since),
    }
    return [
        not_barred(ticket, ticket.waiting_since),
        not_restricted(privacy_key, ticket.server_id, ticket.member_id, ticket.waiting_since),
        in_pool(ticket, ticket.pool, ticket.waiting_since),
        recognized(privacy_key, ticket.member_id),
        *([Statement(name="tickets.stop_elsewhere", values=wishes)] if moves else ()),
        Statement(name="tickets.start_waiting", values=ticket_values(ticket), expect_rows=1),
        agreed_to_rules(ticket.server_id, ticket.member_id),
        delete_postponed(ticket.server_id, ticket.member_id),
        Statement(name="members.save_wishes", values=wishes),
        mark_search(ticket.member_id, ticket.waiting_since),
    ]


def ticket_values(ticket: Ticket) -> dict[str, Value]:
    """The columns of a new ticket."""
    return {
        "id": ticket.id,
        "member_id": ticket.member_id,
        "server_id": ticket.server_id,
        "pool": ticket.pool,
        "name": ticket.name,
        "locale": ticket.locale,
        "wishes": encode(ticket.wishes),
        "subject": ticket.wishes.subject,
        "waiting_since": to_ms(ticket.waiting_since),
        "expires_at": to_ms(ticket.expires_at),
        "front": int(ticket.front),
    }
