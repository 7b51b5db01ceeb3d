"""Whether a member may search whose interaction does not tell it, as in a direct message."""

import asyncio
from datetime import timedelta

import pytest

from bot.chat.membership_lookup import ANSWERED_WITHIN, LOOK_EVERY, MembershipLookup
from bot.domain import membership as rules
from bot.domain.membership import ABSENT, FRESH_FOR_MATCH, Entry, Membership
from bot.domain.server import Server
from tests.clocks import VirtualClock
from tests.store.scenario import PRESENT, SERVER, Scenario

HALL = Server(server_id=SERVER, name="Hall")


@pytest.fixture
def lookup(scenario: Scenario) -> MembershipLookup:
    return MembershipLookup(scenario.store.memberships, scenario.clock)


async def decide(scenario: Scenario, lookup: MembershipLookup, answer: Membership | None) -> tuple[Entry, timedelta]:
    """What is decided, and after how long, if Discord answers after a second, or not at all."""
    started = scenario.clock.now()
    deciding = asyncio.create_task(lookup.decide(HALL, 1))
    for step in range(100):
        if await is_decided(deciding, scenario.clock):
            break
        scenario.clock.pass_time(seconds=0.1)
        if answer is not None and step == 9:
            await scenario.told(1, answer)
    return await deciding, scenario.clock.now() - started


async def is_decided(deciding: asyncio.Task[Entry], clock: VirtualClock) -> bool:
    """Return once it is decided, or the next look is slept for; whether it is decided."""
    sleeping = asyncio.create_task(clock.wait_for_sleeper(LOOK_EVERY))
    await asyncio.wait([deciding, sleeping], return_when=asyncio.FIRST_COMPLETED)
    sleeping.cancel()
    await asyncio.wait([sleeping])
    return deciding.done()


@pytest.mark.parametrize(("told", "entry"), [(PRESENT, Entry.ADMITTED), (ABSENT, Entry.BARRED)])
async def test_what_was_told_lately_counts(
    scenario: Scenario, lookup: MembershipLookup, told: Membership, entry: Entry
) -> None:
    """For as long as between two members who are matched; nobody is asked and nobody waits."""
    await scenario.told(1, told)
    scenario.clock.set(scenario.clock.now() + FRESH_FOR_MATCH)
    assert await decide(scenario, lookup, None) == (entry, timedelta())
    assert await scenario.store.memberships.open_questions([SERVER], urgent=True, limit=9) == []


@pytest.mark.parametrize(("answer", "entry"), [(PRESENT, Entry.ADMITTED), (ABSENT, Entry.BARRED)])
async def test_otherwise_discord_is_asked_through_the_store(
    scenario: Scenario, lookup: MembershipLookup, answer: Membership, entry: Entry
) -> None:
    """The answer decides as soon as it is there."""
    decided, waited = await decide(scenario, lookup, answer)
    assert decided is entry
    assert timedelta(seconds=1) <= waited < ANSWERED_WITHIN


@pytest.mark.parametrize(("separated", "entry"), [(False, Entry.ADMITTED), (True, Entry.WAIT)])
async def test_without_an_answer_it_is_decided_as_at_the_door(
    scenario: Scenario, lookup: MembershipLookup, monkeypatch: pytest.MonkeyPatch, separated: bool, entry: Entry
) -> None:
    """After two seconds; the question stays open, so the answer still counts."""
    monkeypatch.setattr(rules, "pools_are_separated", lambda _: separated)
    decided, waited = await decide(scenario, lookup, None)
    assert decided is entry
    assert ANSWERED_WITHIN <= waited < ANSWERED_WITHIN + timedelta(seconds=0.3)
    assert len(await scenario.store.memberships.open_questions([SERVER], urgent=True, limit=9)) == 1


async def test_a_question_that_discord_leaves_open_holds_nobody_up_twice(
    scenario: Scenario, lookup: MembershipLookup
) -> None:
    """Whoever presses again a minute later goes on at once."""
    await decide(scenario, lookup, None)
    scenario.clock.pass_time(minutes=1)
    assert await decide(scenario, lookup, None) == (Entry.ADMITTED, timedelta())
