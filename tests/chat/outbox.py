"""Messages of the outbox for tests of their delivery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.webhook.async_ import async_context
from simcord import MemberActor

from bot.domain.agreement import Agreement, Why
from bot.domain.message import (
    DELIVERIES,
    LINK_KINDS,
    Delivered,
    MatchDetails,
    MessageKind,
    Outcome,
    Payload,
    Route,
    SearchDetails,
)
from bot.domain.ticket import Camera, Level, Style
from bot.store.outbox import OutboxMessage
from tests.chat.chat_harness import ChatHarness
from tests.store.scenario import Scenario

NOOR = 4242
MESSAGE_ID = "AAAAAAAAAAAAAAAAAAAAAA"
AGREEMENT = Agreement(
    subject="Maths",
    length=50,
    language="en",
    style=Style.QUIET,
    camera=Camera.ANY,
    why=(Why.SUBJECT, Why.STYLE, Why.LEVEL, Why.LENGTH),
)


def outbox_message(
    harness: ChatHarness, to: MemberActor, kind: MessageKind, route: Route, **changes: Any
) -> OutboxMessage:
    """A message to a member, with the payload that its kind has."""
    message = OutboxMessage(
        id=MESSAGE_ID,
        kind=kind,
        member_id=to.id,
        server_id=harness.guild.id,
        locale="en-US",
        match_id="a-match",
        seat_id="a-seat",
        invitation_id="an-invitation",
        ticket_id=None,
        payload=_payload_of(kind),
        route=route,
        attempts=0,
        due_at=harness.clock.now(),
    )
    return replace(message, **changes)


async def deliver(harness: ChatHarness, to: MemberActor, kind: MessageKind, route: Route, **changes: Any) -> Outcome:
    """Try once to deliver such a message; one with a link is about the member's match, by default a new one.

    Others are about the search that goes on, or has just ended.
    """
    if kind in LINK_KINDS:
        changes = {**await seat_and_link(harness, to), **changes}
    elif kind is MessageKind.UNMATCHED:
        await harness.store.tickets.stop_waiting(to.id, harness.clock.now())
        last = await harness.store.tickets.find_last_ended(to.id)
        changes = {"ticket_id": last.ticket.id if last else None, **changes}
    elif ticket := await harness.store.tickets.find_by_member(to.id):
        changes = {"ticket_id": ticket.id, **changes}
    return await harness.chat.deliver(outbox_message(harness, to, kind, route, **changes))


async def seat_and_link(
    harness: ChatHarness, member: MemberActor, *, partner: str = "Noor", subject: str = "Maths"
) -> Mapping[str, str | None]:
    """The seat and the newest link of a member's live match; without one, they are matched with `partner` first."""
    store, scenario = harness.store, Scenario(harness.store, harness.clock)
    if await store.matches.find_by_member(member.id) is None:
        wishes: Any = {
            "subject": subject,
            "lengths": (50,),
            "any_length": False,
            "style": Style.QUIET,
            "level": Level.BEGINNER,
        }
        await store.tickets.stop_waiting(member.id, harness.clock.now())
        tickets = [
            replace(scenario.ticket(id_, **wishes), name=name, server_id=harness.guild.id, pool=str(harness.guild.id))
            for id_, name in ((member.id, member.user.name), (NOOR, partner))
        ]
        for ticket in tickets:
            await scenario.agreed(ticket.member_id, ticket.server_id)
            await store.tickets.start_waiting(ticket)
        new, _ = scenario.match_of(*tickets)
        assert await store.matches.create(replace(new, messages=()), fence=await scenario.fence())
    seat = await harness.seat_of(member)
    return {"seat_id": seat.own.id, "invitation_id": await store.invitations.find_newest_by_seat(seat.own.id)}


async def waiting_member(harness: ChatHarness) -> MemberActor:
    """A member of a server that is set up, who is waiting and has a card."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    return alice


async def redraw_all(harness: ChatHarness) -> list[Outcome]:
    """Make everything that is stale by now true again, as the courier does; returns the outcomes."""
    outbox, fence = harness.store.outbox, await Scenario(harness.store, harness.clock).fence("courier")
    outcomes = []
    for stale in await outbox.find_stale(harness.clock.now(), 99):
        outcome = await harness.chat.redraw(stale)
        drawn = outcome if isinstance(outcome, Delivered) else Delivered(shows=stale.shows)
        await outbox.mark_drawn(stale, drawn, harness.clock.now(), fence)
        outcomes.append(outcome)
    return outcomes


def refuse_by_page(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Let something between us and Discord refuse every request of the bot or of a webhook with a web page."""
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    response: Any = SimpleNamespace(status=status, reason="Refused", headers={"Content-Type": "text/html"})

    def refuse() -> None:
        raise kind(response, "<html>Log in to this network</html>")

    answer_all(harness, monkeypatch, refuse)


def answer_all(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, answer: Callable[[], object]) -> None:
    """Let `answer` answer every request of the bot or of a webhook."""

    async def request(*_: object, **__: object) -> object:
        return answer()

    monkeypatch.setattr(harness.chat.client.http, "request", request)
    monkeypatch.setattr(async_context.get(), "request", request)


async def deliver_all(harness: ChatHarness, *, by: Mapping[int, Route] | None = None) -> None:
    """Send everything that is due, each by the route that `by` has for its member, else by its first one."""
    outbox, fence = harness.store.outbox, await Scenario(harness.store, harness.clock).fence("courier")
    now, reason = harness.clock.now(), "test"
    for message in await outbox.find_due(now, 99):
        if by and message.member_id in by:
            route = by[message.member_id]
            await outbox.reroute(message, route, due_at=now, reason=reason, now=now, fence=fence)
    for message in await outbox.find_due(now, 99):
        outcome = await harness.chat.deliver(message)
        assert isinstance(outcome, Delivered)
        await outbox.mark_sent(message, outcome, harness.clock.now(), fence)


def _payload_of(kind: MessageKind) -> Payload:
    payload = DELIVERIES[kind].payload
    if payload is MatchDetails:
        return MatchDetails(agreement=AGREEMENT)
    return SearchDetails(minutes=14, subject="Maths") if payload is SearchDetails else None
