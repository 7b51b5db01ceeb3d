"""Messages of the outbox for tests of their delivery."""

from dataclasses import replace
from typing import Any

from simcord import MemberActor

from bot.domain.agreement import Agreement, Why
from bot.domain.message import (
    DELIVERIES,
    MatchDetails,
    MessageKind,
    Outcome,
    Payload,
    Route,
    SearchDetails,
)
from bot.domain.ticket import Camera, Style
from bot.store.outbox import OutboxMessage
from tests.chat.chat_harness import ChatHarness

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
        payload=_payload_of(kind),
        route=route,
        attempts=0,
        due_at=harness.clock.now(),
    )
    return replace(message, **changes)


async def deliver(harness: ChatHarness, to: MemberActor, kind: MessageKind, route: Route, **changes: Any) -> Outcome:
    """Try once to deliver such a message."""
    return await harness.chat.deliver(outbox_message(harness, to, kind, route, **changes))


async def waiting_member(harness: ChatHarness) -> MemberActor:
    """A member of a server that is set up, who is waiting and has a card."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    return alice


def _payload_of(kind: MessageKind) -> Payload:
    payload = DELIVERIES[kind].payload
    if payload is MatchDetails:
        return MatchDetails(partner="Noor", agreement=AGREEMENT)
    return SearchDetails(minutes=14, subject="Maths") if payload is SearchDetails else None
