"""When a member may begin a search: the gate, the pauses after partners, and after not coming."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from simcord import InteractionResult, MemberActor, ResponseMessage

from bot.chat.search.custom_ids import AGREE, MOVE_HERE, WAIT_AGAIN
from bot.chat.ui.custom_ids import CustomId
from bot.domain.gate import Gate
from bot.domain.message import MessageKind, Route
from bot.domain.rules import rules_version
from bot.domain.ticket import Wishes
from bot.store import Store
from bot.store.postponed_searches import PostponedSearch
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import both_are_in, janitor_step
from tests.chat.outbox import deliver, deliver_all
from tests.chat.shown import message_of, text_of
from tests.chat.test_old_buttons import message_with

SECOND = timedelta(seconds=1)


def joined_at(harness: ChatHarness, member_id: int, ago: timedelta) -> None:
    """Let a member have joined so long ago."""
    member = harness.env.backend.get_guild(harness.guild.id).members[member_id]
    member.joined_at = (harness.clock.now() - ago).isoformat()


@pytest.mark.parametrize(("gate", "days"), [(None, 0), (Gate.OPEN, 0), (Gate.CAREFUL, 3), (Gate.STRICT, 14)])
async def test_the_gate_opens_to_the_second(harness: ChatHarness, gate: Gate | None, days: int) -> None:
    """Before that, a newcomer reads when, and where they are welcome until then; nothing else."""
    students = harness.guild.create_role("Students")
    await harness.set_up(gate=gate, role_id=students.id)
    for ago, is_open in ((timedelta(days=days) - SECOND, not days), (timedelta(days=days), True)):
        alice = harness.member(f"Alice {is_open} {days}", roles=[students])
        joined_at(harness, alice.id, max(ago, timedelta()))
        shown = text_of(await alice.slash(harness.study, "study now"))
        assert ("Looking for a partner" in shown) is is_open
        if not is_open:
            opens = int((harness.clock.now() + SECOND).timestamp())
            assert shown == (
                "### You're new here\n"
                f"Pairing in Study Hall opens for you on <t:{opens}:f>. That keeps everyone safer. "
                "Until then, you're welcome in its other channels."
            )
            assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_joining_again_begins_anew(harness: ChatHarness) -> None:
    """The time that a former membership lasted does not count."""
    await harness.set_up(gate=Gate.CAREFUL)
    alice = harness.member("Alice")
    joined_at(harness, alice.id, timedelta(days=300))
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))
    await alice.slash(harness.study, "study leave")
    joined_at(harness, alice.id, timedelta())
    assert "You're new here" in text_of(await alice.slash(harness.study, "study now"))


async def test_a_running_search_goes_on(harness: ChatHarness) -> None:
    """A gate that is chosen later ends nothing, and the search can still be changed."""
    await harness.set_up()
    alice = harness.member("Alice")
    joined_at(harness, alice.id, timedelta())
    await alice.slash(harness.study, "study now")
    await harness.set_up(gate=Gate.CAREFUL)
    assert "Search updated" in text_of(await alice.slash(harness.study, "study now", subject="Physics"))


async def test_the_gate_holds_in_direct_messages(harness: ChatHarness) -> None:
    """By what Discord told last; if that does not tell since when they are there, nobody guesses."""
    await harness.set_up(gate=Gate.CAREFUL)
    alice = harness.member("Alice")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    record, now = harness.store.memberships.record, harness.clock.now()
    expected = ((None, "I'm still checking"), (now, "You're new here"), (now - timedelta(days=3), "Looking for"))
    for since, says in expected:
        await record(harness.guild.id, alice.id, bar=None, told_at=now, now=now, joined_at=since)
        shown = await alice.user.click(harness.last_direct_message(alice), label="Keep looking")
        assert says in text_of(message_of(shown))


async def meet(harness: ChatHarness, alice: MemberActor, name: str, *, seconds: float) -> None:
    """Alice studies with a new partner for so long, and leaves."""
    partner = harness.member(name)
    await harness.pair(alice, partner)
    seat = await harness.seat_of(alice)
    await both_are_in(harness, alice, partner)
    harness.clock.pass_time(seconds=seconds)
    await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())


@pytest.mark.parametrize(("seconds", "counts"), [(59, False), (60, True)])
async def test_two_minutes_lie_between_two_partners(harness: ChatHarness, seconds: int, counts: bool) -> None:
    """Counted from when the two were last together, if that was for a minute."""
    await harness.set_up()
    alice = harness.member("Alice")
    await meet(harness, alice, "Bob", seconds=seconds)
    ends = int((harness.clock.now() + timedelta(minutes=2)).timestamp())
    shown = text_of(await alice.slash(harness.study, "study now"))
    assert (f"from <t:{ends}:f>" in shown, "Looking for a partner" in shown) == (counts, not counts)
    if counts:
        harness.clock.pass_time(seconds=119)
        assert "Time for a short break" in text_of(await alice.slash(harness.study, "study now"))
        harness.clock.pass_time(seconds=1)
        assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_a_fifth_partner_within_the_hour_is_refused_with_the_time(harness: ChatHarness) -> None:
    """It is when the first of the four was met an hour ago; whoever is still matched reads that instead."""
    await harness.set_up()
    alice = harness.member("Alice")
    started = harness.clock.now()
    for partner in range(4):
        await meet(harness, alice, f"Partner {partner}", seconds=60)
        harness.clock.pass_time(minutes=4)
    opens = int((started + timedelta(minutes=61)).timestamp())
    assert f"from <t:{opens}:f>" in text_of(await alice.slash(harness.study, "study now"))
    assert await harness.store.tickets.find_by_member(alice.id) is None
    harness.clock.pass_time(seconds=opens - harness.clock.now().timestamp())
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


Happens: TypeAlias = Callable[[], Awaitable[object]]
Press: TypeAlias = Callable[[], Awaitable[InteractionResult | ResponseMessage]]
Ask: TypeAlias = Callable[[ChatHarness, MemberActor], Awaitable[Press]]
"""Prepares one of the ways to ask for a search."""


async def command(harness: ChatHarness, alice: MemberActor) -> Press:
    return lambda: alice.slash(harness.study, "study now")


def button(custom_id: CustomId, **fields: str) -> Ask:
    """A button of an old message."""

    async def prepare(harness: ChatHarness, alice: MemberActor) -> Press:
        await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
        message = await message_with(harness, alice, custom_id.format(server=harness.guild.id, **fields))

        async def press() -> ResponseMessage:
            return message_of(await alice.user.click(message, label="Press"))

        return press

    return prepare


async def agree(harness: ChatHarness, alice: MemberActor) -> Press:
    """The button below the rules, for a search that was asked for before."""
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    search = PostponedSearch(server_id=server.server_id, wishes=Wishes(), remembered=Wishes())
    await harness.store.postponed_searches.save(alice.id, search, harness.clock.now())
    return await button(AGREE, version=rules_version(server))(harness, alice)


ASKS: Mapping[str, Ask] = {
    "command": command,
    "again": button(WAIT_AGAIN, how="same"),
    "move": button(MOVE_HERE),
    "agree": agree,
}


AT_ANY_MOMENT = pytest.mark.parametrize(
    ("ask", "moment"),
    [*((ask, "find_active") for ask in ASKS), *((ask, "last_wishes") for ask in ASKS if ask != "agree")],
)
"""While it is checked whether a search may begin, and afterwards."""


def at(moment: str, store: Store, monkeypatch: pytest.MonkeyPatch, happens: Happens) -> None:
    """Something happens once, just before this is asked of the store."""
    parts: Mapping[str, object] = {"find_active": store.restrictions, "last_wishes": store.members}
    part = parts[moment]
    ask = getattr(part, moment)

    async def ask_after(*args: Any) -> Any:
        monkeypatch.setattr(part, moment, ask)
        await happens()
        return await ask(*args)

    monkeypatch.setattr(part, moment, ask_after)


@AT_ANY_MOMENT
async def test_who_leaves_a_partner_in_that_very_moment_waits_as_well(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, ask: str, moment: str
) -> None:
    """Whoever was matched when it was looked at is looked at again, whichever way they asked, and however late."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    await both_are_in(harness, alice, bob)
    harness.clock.pass_time(seconds=60)
    press = await ASKS[ask](harness, alice)

    async def leave() -> None:
        harness.clock.pass_time(seconds=1)
        await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())

    at(moment, harness.store, monkeypatch, leave)
    assert "Time for a short break" in text_of(await press())
    assert await harness.store.tickets.find_by_member(alice.id) is None


@AT_ANY_MOMENT
async def test_who_stops_in_that_very_moment_finds_the_gate_closed(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, ask: str, moment: str
) -> None:
    """A search that is to be changed and has ended is a new one, and newcomers begin none."""
    await harness.set_up()
    alice, store = harness.member("Alice"), harness.store
    joined_at(harness, alice.id, timedelta())
    press, now = await ASKS[ask](harness, alice), harness.clock.now()
    await alice.slash(harness.study, "study now")
    await store.memberships.record(harness.guild.id, alice.id, bar=None, told_at=now, now=now, joined_at=now)
    await harness.set_up(gate=Gate.CAREFUL)
    at(moment, store, monkeypatch, lambda: store.tickets.stop_waiting(alice.id, now))
    assert "You're new here" in text_of(await press())
    assert await store.tickets.find_by_member(alice.id) is None


async def test_who_is_still_matched_is_not_told_to_take_a_break(harness: ChatHarness) -> None:
    """The partner was away for a moment: the two have met, and their session goes on."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(bob)
    await both_are_in(harness, alice, bob)
    harness.clock.pass_time(minutes=2)
    await harness.store.presence.participant_left(seat.own.id, seat.own.id, seat.match.room_name, harness.clock.now())
    assert "You're still matched" in text_of(await alice.slash(harness.study, "study now"))


async def call(harness: ChatHarness, *members: MemberActor) -> None:
    """Two are matched, and their links reach them."""
    for member in members:
        await member.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(*members, messages=True)
    await deliver_all(harness)


async def miss(harness: ChatHarness, alice: MemberActor, name: str) -> None:
    """Alice is matched with a new partner, gets her link and does not come."""
    await call(harness, alice, harness.member(name))
    harness.clock.pass_time(minutes=15)
    await janitor_step(harness)


async def test_not_coming_costs_a_growing_pause(harness: ChatHarness) -> None:
    """Nothing the first time, then ten minutes, then an hour; after seven days it is forgotten."""
    await harness.set_up()
    alice = harness.member("Alice")
    for number, minutes in enumerate((0, 10, 60, 60)):
        await miss(harness, alice, f"Partner {number}")
        ends = int((harness.clock.now() + timedelta(minutes=minutes)).timestamp())
        shown = text_of(await alice.slash(harness.study, "study now"))
        assert (f"from <t:{ends}:f>" in shown) is bool(minutes)
        assert ("Looking for a partner" in shown) is not bool(minutes)
        harness.clock.pass_time(minutes=minutes)
        assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))
    await alice.slash(harness.study, "study leave")
    harness.clock.pass_time(days=7)
    await miss(harness, alice, "Partner 9")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_only_who_was_called_and_did_not_come_has_missed_anything(harness: ChatHarness) -> None:
    """Not who was in the room, had no link, or said so in time."""
    await harness.set_up()
    names = ("Alice", "Bob", "Carol", "Dan", "Erin", "Frank")
    alice, bob, carol, dan, erin, frank = [harness.member(name) for name in names]
    await call(harness, alice, erin)
    seat = await harness.seat_of(alice)
    await harness.store.presence.participant_joined(seat.own.id, "PA", seat.match.room_name, harness.clock.now())
    await harness.pair(bob, frank)
    await call(harness, carol, dan)
    await harness.store.browser_sessions.leave_seat((await harness.seat_of(carol)).own.id, harness.clock.now())
    harness.clock.pass_time(minutes=15)
    await janitor_step(harness)
    since, now = harness.clock.now() - timedelta(days=1), harness.clock.now()
    for member in (alice, bob, carol, dan, erin, frank):
        missed = await harness.store.matches.no_shows_of(member.id, since, now)
        assert missed == ([now] if member is erin else [])
