"""Members who agree to the rules before they are asked, for tests of everything else."""

import pytest

from bot.domain.ticket import Ticket
from bot.store import Store
from tests.store.scenario import agree_to_rules


def let_members_agree(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every member agree to their server's rules just before they begin a search in it."""
    start_waiting = store.tickets.start_waiting

    async def agree_first(ticket: Ticket, **options: object) -> None:
        await agree_to_rules(store, ticket.server_id, ticket.member_id, ticket.waiting_since)
        await start_waiting(ticket, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(store.tickets, "start_waiting", agree_first)
