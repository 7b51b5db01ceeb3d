"""The last outage of LiveKit: since when rooms can be entered."""

from datetime import timedelta

import pytest

from bot.domain.room import LONGEST_OUTAGE
from bot.store import Store
from bot.store.times import EPOCH
from bot.store.video_outages import VIDEO_OUTAGE
from tests.clocks import START

MINUTE = timedelta(minutes=1)


async def test_without_an_outage(store: Store) -> None:
    """Rooms can be entered since ever, and an end changes nothing."""
    await store.video_outages.end(START)
    assert not await store.video_outages.is_on()
    assert await store.video_outages.enterable_since(START) == EPOCH


async def test_an_outage_begins_and_ends_once(store: Store) -> None:
    """During it rooms can be entered since now, afterwards since its end; repeats change nothing."""
    outages = store.video_outages
    for minutes in range(3):
        await outages.begin(START + minutes * MINUTE)
        assert await outages.is_on()
        assert await outages.enterable_since(START + minutes * MINUTE) == START + minutes * MINUTE
    for minutes in range(3, 6):
        await outages.end(START + minutes * MINUTE)
        assert not await outages.is_on()
        assert await outages.enterable_since(START + minutes * MINUTE) == START + 3 * MINUTE


async def test_only_the_newest_outage_counts(store: Store) -> None:
    """A second one begins as the first did."""
    outages = store.video_outages
    await outages.begin(START)
    await outages.end(START + MINUTE)
    await outages.begin(START + 2 * MINUTE)
    assert await outages.enterable_since(START + 3 * MINUTE) == START + 3 * MINUTE
    await outages.end(START + 4 * MINUTE)
    assert await outages.enterable_since(START + 5 * MINUTE) == START + 4 * MINUTE


async def test_an_outage_that_lasts_too_long_excuses_nobody(store: Store) -> None:
    """Repeating its beginning does not make it younger; its end counts again."""
    outages, over = store.video_outages, START + LONGEST_OUTAGE
    await outages.begin(START)
    await outages.begin(over - MINUTE)
    assert await outages.enterable_since(over - timedelta(seconds=1)) == over - timedelta(seconds=1)
    assert await outages.enterable_since(over) == EPOCH
    await outages.end(over + MINUTE)
    assert await outages.enterable_since(over + MINUTE) == over + MINUTE


@pytest.mark.parametrize("has_ended", [False, True])
async def test_an_outage_ahead_of_a_corrected_clock(store: Store, has_ended: bool) -> None:
    """Nobody waits for a time that is hours away."""
    await store.video_outages.begin(START)
    if has_ended:
        await store.video_outages.end(START + MINUTE)
    assert await store.video_outages.enterable_since(START - timedelta(hours=3)) == EPOCH


@pytest.mark.parametrize("value", ["", "no JSON", "{}", '{"began_at":"now"}', '{"began_at":99}'])
async def test_an_unreadable_outage(store: Store, value: str) -> None:
    """It counts as none, and the next one replaces it."""
    await store.installation.set(VIDEO_OUTAGE, value)
    assert await store.video_outages.enterable_since(START) == EPOCH
    await store.video_outages.begin(START)
    assert await store.video_outages.is_on()


async def test_an_end_that_comes_late(store: Store) -> None:
    """What another process has recorded since the outage was read stays."""
    await store.video_outages.begin(START)
    former = await store.installation.get(VIDEO_OUTAGE)
    await store.video_outages.end(START + MINUTE)
    await store.video_outages.begin(START + 2 * MINUTE)
    newer = await store.installation.get(VIDEO_OUTAGE)
    await store.installation.replace(VIDEO_OUTAGE, former, "late")
    assert await store.installation.get(VIDEO_OUTAGE) == newer
    await store.installation.replace(VIDEO_OUTAGE, None, "late")
    assert await store.installation.get(VIDEO_OUTAGE) == newer
