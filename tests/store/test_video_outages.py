"""LiveKit's silences and its last outage: since when rooms can be entered."""

from datetime import timedelta

import pytest

from bot.domain.room import LONGEST_OUTAGE
from bot.store import LostLease
from bot.store.times import EPOCH
from bot.store.video_outages import OUTAGE_AFTER, SAME_SILENCE_WITHIN, VIDEO_OUTAGE
from tests.clocks import START
from tests.store.scenario import Scenario

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


async def test_without_an_outage(scenario: Scenario) -> None:
    """Rooms can be entered since ever, and an answer changes nothing."""
    await scenario.livekit_is_back()
    assert not (await scenario.store.video_outages.read_silence()).is_on
    assert await scenario.store.video_outages.enterable_since(START) == EPOCH


async def test_an_outage_begins_and_ends_once(scenario: Scenario) -> None:
    """During it rooms can be entered since now, afterwards since its end; repeats change nothing."""
    outages = scenario.store.video_outages
    await scenario.livekit_is_away()
    for minutes in range(3):
        await scenario.livekit_fails(START + minutes * MINUTE)
        assert await outages.enterable_since(START + minutes * MINUTE) == START + minutes * MINUTE
    scenario.clock.pass_time(minutes=3)
    for minutes in range(3, 6):
        await scenario.livekit_is_back()
        scenario.clock.pass_time(minutes=1)
        assert not (await outages.read_silence()).is_on
        assert await outages.enterable_since(START + minutes * MINUTE) == START + 3 * MINUTE


async def test_only_the_newest_outage_counts(scenario: Scenario) -> None:
    """A second one begins as the first did."""
    outages = scenario.store.video_outages
    for _ in range(2):
        await scenario.livekit_is_away()
        scenario.clock.pass_time(minutes=1)
        assert await outages.enterable_since(scenario.clock.now()) == scenario.clock.now()
        await scenario.livekit_is_back()
        ended_at = scenario.clock.now()
        scenario.clock.pass_time(minutes=1)
        assert await outages.enterable_since(scenario.clock.now()) == ended_at


@pytest.mark.parametrize(
    ("seconds", "is_outage"),
    [
        ([0, OUTAGE_AFTER.seconds - 1], False),
        ([0, OUTAGE_AFTER.seconds], True),
        ([0, SAME_SILENCE_WITHIN.seconds], True),
        ([0, SAME_SILENCE_WITHIN.seconds + 1], False),
        ([7200, 0, OUTAGE_AFTER.seconds - 1], False),
    ],
)
async def test_failures_at_different_times(scenario: Scenario, seconds: list[int], is_outage: bool) -> None:
    """They are one silence unless they are far apart; one ahead of a corrected clock is none."""
    for each in seconds:
        await scenario.livekit_fails(START + each * SECOND)
        assert (await scenario.store.video_outages.read_silence()).is_on
    scenario.clock.pass_time(seconds=seconds[-1])
    assert await scenario.is_outage_on() == is_outage


async def test_an_outage_that_lasts_too_long_excuses_nobody(scenario: Scenario) -> None:
    """More failures do not make it younger; its end counts again."""
    outages, over = scenario.store.video_outages, START + LONGEST_OUTAGE
    await scenario.livekit_is_away()
    await scenario.livekit_is_away(over - MINUTE)
    assert await outages.enterable_since(over - SECOND) == over - SECOND
    assert await outages.enterable_since(over) == EPOCH
    scenario.clock.pass_time(seconds=LONGEST_OUTAGE.total_seconds() + 60)
    await scenario.livekit_is_back()
    assert await outages.enterable_since(over + MINUTE) == over + MINUTE


@pytest.mark.parametrize("has_ended", [False, True])
async def test_an_outage_ahead_of_a_corrected_clock(scenario: Scenario, has_ended: bool) -> None:
    """Nobody waits for a time that is hours away."""
    await scenario.livekit_is_away()
    if has_ended:
        await scenario.livekit_is_back()
    assert await scenario.store.video_outages.enterable_since(START - timedelta(hours=3)) == EPOCH


@pytest.mark.parametrize("value", ["", "no JSON", "[]", '{"began_at":"now"}', '{"began_at":99}'])
async def test_an_unreadable_outage(scenario: Scenario, value: str) -> None:
    """It counts as none, and the next one replaces it."""
    await scenario.store.installation.set(VIDEO_OUTAGE, value)
    assert await scenario.store.video_outages.enterable_since(START) == EPOCH
    await scenario.livekit_is_away()
    assert await scenario.is_outage_on()


async def test_an_outage_that_an_older_version_recorded(scenario: Scenario) -> None:
    """It lasts until LiveKit answers."""
    outages = scenario.store.video_outages
    await scenario.store.installation.set(VIDEO_OUTAGE, '{"began_at":"2026-01-01T00:00:00Z","ended_at":null}')
    assert (await outages.read_silence()).is_on
    await scenario.livekit_is_back()
    assert await outages.enterable_since(START) == START


@pytest.mark.parametrize("what", ["failure", "answer"])
async def test_what_comes_late_is_not_recorded(scenario: Scenario, what: str) -> None:
    """What another process has recorded since LiveKit was asked stays, also if nothing had been recorded before."""
    outages, fence = scenario.store.video_outages, await scenario.fence("rooms")
    for _ in range(2):
        before = await outages.read_silence()
        await scenario.livekit_is_away()
        newer = await outages.read_silence()
        if what == "failure":
            await outages.record_failure(before, START + MINUTE)
        else:
            await outages.record_answer(fence, before, START + SECOND)
        assert await outages.read_silence() == newer
        await scenario.livekit_is_back()


async def test_a_former_leader_ends_no_outage(scenario: Scenario) -> None:
    """Its lease is lost, even if nothing was recorded since it looked."""
    outages, fence = scenario.store.video_outages, await scenario.fence("rooms")
    await scenario.livekit_is_away()
    scenario.clock.pass_time(minutes=1)
    await scenario.fence("rooms", holder="another")
    with pytest.raises(LostLease):
        await outages.record_answer(fence, await outages.read_silence(), scenario.clock.now())
    assert await scenario.is_outage_on()
