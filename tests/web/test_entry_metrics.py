"""The steps from the link to the room in the metrics: each outcome once for each link or seat."""

import asyncio

import pytest

from bot.metrics import Metrics
from bot.store import Store, StoreUnavailable
from tests.metric_samples import counted
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import OTHER_ATTEMPT, Browser, Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms
from web import entry_metrics
from web.entry_metrics import EntryMetrics
from web.problems import HttpProblem

Both = tuple[Browser, Browser]


def counted_entries(metrics: Metrics) -> dict[str, float]:
    """What is counted of links, redemptions and join tokens."""
    beginnings = ("links_opened", "redemptions", "join_tokens")
    return {name: number for name, number in counted(metrics).items() if name.startswith(beginnings)}


async def test_a_link_that_is_opened_again_counts_once(browsers: Browsers, meeting: Meeting, metrics: Metrics) -> None:
    """By the same browser or another, whatever they do with it; another link counts by itself."""
    for browser in (browsers.open(), browsers.open()):
        for _ in range(2):
            assert (await browser.inspect(meeting.tokens[0])).status == 200
    assert (await browsers.open().inspect(meeting.tokens[1])).status == 200
    assert counted_entries(metrics) == {"links_opened_total ok": 2}


async def test_a_redemption_that_is_repeated_counts_once(
    browsers: Browsers, meeting: Meeting, metrics: Metrics
) -> None:
    """The same attempt without the cookie, as after a lost answer, and the browser with its session."""
    browser, without_cookie = browsers.open(), browsers.open()
    assert (await browser.redeem(meeting.tokens[0])).status == 201
    assert (await without_cookie.redeem(meeting.tokens[0])).status == 201
    assert (await browser.redeem(meeting.tokens[0])).status == 200
    assert counted_entries(metrics) == {"redemptions_total ok": 1}


async def test_a_repeat_at_another_process_counts_once(
    store: Store, scenario: Scenario, browsers: Browsers, meeting: Meeting, rooms: ScriptedRooms, metrics: Metrics
) -> None:
    """What is redeemed is known by the store, not by what one process remembers."""
    assert (await browsers.open().redeem(meeting.tokens[0])).status == 201
    others = Metrics()
    async with make_web_part(store, scenario.clock, metrics=others).serve(rooms) as site:
        elsewhere = Browsers(site.port)
        assert (await elsewhere.open().redeem(meeting.tokens[0])).status == 201
        await elsewhere.close()
    assert (counted_entries(metrics), counted_entries(others)) == ({"redemptions_total ok": 1}, {})


async def test_a_database_that_is_away_counts(
    store: Store, browsers: Browsers, meeting: Meeting, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if it does not even say whose link it is: operators are told by these counts that students cannot enter."""

    async def find_by_token(_: bytes) -> None:
        raise StoreUnavailable("The database can't be reached.")

    monkeypatch.setattr(store.invitations, "find_by_token", find_by_token)
    for _ in range(2):
        assert (await browsers.open().inspect(meeting.tokens[0])).code == "store_unavailable"
        assert (await browsers.open().redeem(meeting.tokens[0])).code == "store_unavailable"
    assert counted_entries(metrics) == {
        "links_opened_total store_unavailable": 1,
        "redemptions_total store_unavailable": 1,
    }


async def test_each_problem_of_a_link_counts_once(
    browsers: Browsers, meeting: Meeting, rooms: ScriptedRooms, metrics: Metrics
) -> None:
    """However often it is tried: video that is away, then somebody who is late, and a link that nobody knows."""
    browser, late = browsers.open(), browsers.open()
    rooms.problem = "video_unreachable"
    for _ in range(3):
        assert (await browser.redeem(meeting.tokens[0])).status == 503
    rooms.problem = None
    assert (await browser.redeem(meeting.tokens[0])).status == 201
    for _ in range(3):
        assert (await late.redeem(meeting.tokens[0], OTHER_ATTEMPT)).code == "link_used"
        assert (await late.redeem("made-up")).code == "link_unknown"
    assert counted_entries(metrics) == {
        "redemptions_total video_unreachable": 1,
        "redemptions_total ok": 1,
        "redemptions_total link_used": 1,
        "redemptions_total link_unknown": 1,
    }


async def test_a_store_that_is_away_is_an_outcome(
    browser: Browser, meeting: Meeting, store: Store, metrics: Metrics, rooms: ScriptedRooms
) -> None:
    """The link was found, and nothing could be written afterwards."""
    rooms.creation_allowed.clear()
    redeeming = browser.redeem(meeting.tokens[0])

    async def close_store() -> None:
        await rooms.creation_started.wait()
        await store.database.close()
        rooms.creation_allowed.set()

    answer, _ = await asyncio.gather(redeeming, close_store())
    assert answer.code == "store_unavailable"
    assert counted_entries(metrics) == {"redemptions_total store_unavailable": 1}


async def test_a_seat_counts_once_for_each_outcome_of_its_join_token(
    inside: Both, rooms: ScriptedRooms, metrics: Metrics
) -> None:
    """Whether the token came with the redemption or was asked for, and however often; also each refusal."""
    rooms.problem = "video_unreachable"
    assert (await inside[0].post("/session/join-token")).status == 503
    rooms.problem = None
    for _ in range(3):
        assert (await inside[0].post("/session/join-token")).status == 200
    assert (await inside[1].leave()).status == 204
    for _ in range(3):
        assert (await inside[1].post("/session/join-token")).status == 410
    tokens = {name: number for name, number in counted_entries(metrics).items() if name.startswith("join_tokens")}
    assert tokens == {
        "join_tokens_total ok": 1,
        "join_tokens_total video_unreachable": 1,
        "join_tokens_total match_over": 1,
    }


async def test_a_token_that_comes_with_the_redemption_counts(
    browser: Browser, meeting: Meeting, scenario: Scenario, metrics: Metrics
) -> None:
    """The page that asks once more for the same seat changes nothing."""
    answer = await browser.redeem(meeting.tokens[0], enter=True)
    assert "way" in answer.json
    assert (await browser.post("/session/join-token")).status == 200
    assert counted_entries(metrics)["join_tokens_total ok"] == 1


def test_a_flood_of_links_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of what is remembered gives way; it would count again."""
    monkeypatch.setattr(entry_metrics, "MOST_REMEMBERED", 100)
    metrics = Metrics()
    entries = EntryMetrics(metrics)
    for number in range(1000):
        with pytest.raises(HttpProblem), entries.opening_link(number.to_bytes(4)):
            raise HttpProblem("link_unknown")
    assert len(entries._remembered) == 100
    assert counted_entries(metrics) == {"links_opened_total link_unknown": 1000}
