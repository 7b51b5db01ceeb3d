"""Which links can be redeemed: each once, in time, and only if the room exists."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.age_group import AgeGroup
from bot.domain.invitation import LINK_LIFETIME, REPEAT_WITHIN, InvitationState, digest
from bot.domain.membership import ABSENT
from tests.both_databases import on_both_databases
from tests.store.scenario import Meeting, Scenario
from tests.store.test_pools import SEPARATED, saved
from tests.web.browsers import ATTEMPT, OTHER_ATTEMPT, Browser, Browsers
from tests.web.conftest import CHAT_URL, MESSAGES_URL
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms


@on_both_databases
@pytest.mark.parametrize(
    ("early", "status"), [(timedelta(milliseconds=1), 201), (timedelta(), 410), (timedelta(milliseconds=-1), 410)]
)
async def test_expiry_to_the_millisecond(
    scenario: Scenario, meeting: Meeting, browser: Browser, early: timedelta, status: int
) -> None:
    """The link expires fifteen minutes after its delivery, and not a millisecond earlier."""
    expires_at = scenario.clock.now() + LINK_LIFETIME
    await scenario.store.invitations.mark_delivered(
        meeting.invitations[0], now=scenario.clock.now(), expires_at=expires_at
    )
    scenario.clock.set(expires_at - early)
    answer = await browser.redeem(meeting.tokens[0])
    assert (answer.status, answer.code) == (status, "" if status == 201 else "link_expired")


async def test_undelivered_link_does_not_expire(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """Its lifetime begins with its delivery."""
    scenario.clock.pass_time(hours=1)
    assert (await browser.redeem(meeting.tokens[0])).status == 201


@on_both_databases
async def test_link_expires_while_the_room_is_created(
    scenario: Scenario, meeting: Meeting, browser: Browser, rooms: ScriptedRooms
) -> None:
    """The time of redeeming counts, not the time of the check before it."""
    expires_at = scenario.clock.now() + LINK_LIFETIME
    await scenario.store.invitations.mark_delivered(
        meeting.invitations[0], now=scenario.clock.now(), expires_at=expires_at
    )
    rooms.creation_allowed.clear()
    answering = asyncio.create_task(browser.redeem(meeting.tokens[0]))
    await rooms.creation_started.wait()
    scenario.clock.set(expires_at)
    rooms.creation_allowed.set()
    assert (await answering).code == "link_expired"


async def test_match_ends_while_the_room_is_created(
    scenario: Scenario, meeting: Meeting, browser: Browser, rooms: ScriptedRooms
) -> None:
    """Nobody can enter, and the room is closed again."""
    rooms.creation_allowed.clear()
    answering = asyncio.create_task(browser.redeem(meeting.tokens[0]))
    await rooms.creation_started.wait()
    await end_match(scenario, meeting)
    rooms.creation_allowed.set()
    assert (await answering).code == "match_over"
    assert meeting.room_name not in rooms.inside


async def test_replaced_link(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """The older link is refused as replaced; the newer one works."""
    assert await scenario.store.invitations.issue(
        meeting.seats[0], new_id(scenario.clock), digest("new"), now=scenario.clock.now()
    )
    answer = await browser.redeem(meeting.tokens[0])
    assert (answer.status, answer.code) == (410, "link_replaced")
    assert (await browser.redeem("new")).status == 201


async def test_another_device_takes_the_seat(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """The new device is in, the older one learns why it is out, and the match has another room."""
    old, new = browsers.open(), browsers.open()
    await old.redeem(meeting.tokens[0])
    assert await scenario.store.invitations.issue(
        meeting.seats[0], new_id(scenario.clock), digest("new"), now=scenario.clock.now()
    )
    assert (await new.redeem("new", OTHER_ATTEMPT)).status == 201
    out = await old.get()
    assert (out.status, out.code) == (410, "session_replaced")
    assert (await old.redeem(meeting.tokens[0])).code == "link_used"
    entered = await new.post("/session/join-token")
    assert meeting.room_name not in entered.json["token"]
    assert [order.room_name for order in await scenario.store.room_orders.find_due(9)] == [meeting.room_name]


@pytest.mark.parametrize("left", [True, False])
async def test_link_after_the_end(scenario: Scenario, meeting: Meeting, browser: Browser, left: bool) -> None:
    """After leaving, and after the match, a link opens nothing, redeemed or not."""
    await browser.redeem(meeting.tokens[0])
    if left:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    else:
        await end_match(scenario, meeting)
    answer = await browser.redeem(meeting.tokens[0])
    assert (answer.status, answer.code) == (410, "match_over")
    assert answer.json["chat_url"].startswith(CHAT_URL)
    if not left:
        assert (await browser.redeem(meeting.tokens[1])).code == "match_over"


async def _use_up(scenario: Scenario, meeting: Meeting) -> None:
    assert await scenario.redeem(meeting.tokens[0])


async def _replace(scenario: Scenario, meeting: Meeting) -> None:
    now, invitation_id = scenario.clock.now(), new_id(scenario.clock)
    assert await scenario.store.invitations.issue(meeting.seats[0], invitation_id, digest("new"), now=now)


async def _expire(scenario: Scenario, meeting: Meeting) -> None:
    now = scenario.clock.now()
    await scenario.store.invitations.mark_delivered(meeting.invitations[0], now=now, expires_at=now + LINK_LIFETIME)
    scenario.clock.set(now + LINK_LIFETIME)


async def _leave(scenario: Scenario, meeting: Meeting) -> None:
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())


async def _bar(scenario: Scenario, _meeting: Meeting) -> None:
    await scenario.told(1, ABSENT)


async def _change_pool(scenario: Scenario, _meeting: Meeting) -> None:
    await saved(scenario, SEPARATED)
    await scenario.told(1, age_group=AgeGroup.ADULT)


DEAD_LINKS = [
    (_use_up, 410, "link_used"),
    (_replace, 410, "link_replaced"),
    (_expire, 410, "link_expired"),
    (_leave, 410, "match_over"),
    (end_match, 410, "match_over"),
    (_bar, 403, "not_allowed"),
    (_change_pool, 403, "other_pool"),
]


@pytest.mark.parametrize(("spoil", "status", "code"), DEAD_LINKS)
async def test_a_dead_link_says_so_before_it_is_redeemed(
    scenario: Scenario,
    meeting: Meeting,
    browser: Browser,
    rooms: ScriptedRooms,
    spoil: Callable[[Scenario, Meeting], Awaitable[None]],
    status: int,
    code: str,
) -> None:
    """Inspecting tells exactly what redeeming would, with the way back to Discord."""
    await spoil(scenario, meeting)
    inspected = await browser.inspect(meeting.tokens[0])
    assert (inspected.status, inspected.code) == (status, code)
    assert inspected.json["chat_url"].startswith(f"{CHAT_URL}/")
    assert inspected.json["chat_url"] != MESSAGES_URL
    assert inspected.body == (await browser.redeem(meeting.tokens[0])).body
    assert (rooms.calls, browser.cookie) == ([], None)


@pytest.mark.parametrize(("spoil", "status", "code"), DEAD_LINKS)
async def test_dead_link_creates_no_room(
    scenario: Scenario,
    meeting: Meeting,
    browser: Browser,
    rooms: ScriptedRooms,
    spoil: Callable[[Scenario, Meeting], Awaitable[None]],
    status: int,
    code: str,
) -> None:
    """A link that is used, replaced, expired or over is refused without a call to LiveKit, even while LiveKit fails."""
    await spoil(scenario, meeting)
    for problem in (None, "video_unreachable"):
        rooms.problem = problem
        answer = await browser.redeem(meeting.tokens[0])
        assert (answer.status, answer.code) == (status, code)
    assert (rooms.calls, rooms.inside) == ([], {})


async def test_unknown_link_creates_no_room(browser: Browser, rooms: ScriptedRooms) -> None:
    """Guessing links causes no calls to LiveKit."""
    assert (await browser.redeem("A" * 43)).code == "link_unknown"
    assert rooms.calls == []


@pytest.mark.parametrize("trouble", ["video_not_configured", "video_refused_our_key", "video_unreachable"])
async def test_livekit_failure_spends_nothing(
    scenario: Scenario, meeting: Meeting, browser: Browser, rooms: ScriptedRooms, trouble: str
) -> None:
    """A hundred attempts while LiveKit fails get that answer and are not counted; afterwards the link works."""
    rooms.problem = trouble
    for _ in range(100):
        answer = await browser.redeem(meeting.tokens[0])
        assert (answer.status, answer.code) == (503, trouble)
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN
    rooms.problem = None
    assert (await browser.redeem(meeting.tokens[0])).status == 201


async def test_room_exists_before_the_link_is_redeemed(
    meeting: Meeting, browser: Browser, rooms: ScriptedRooms
) -> None:
    """Every session has an existing room."""
    await browser.redeem(meeting.tokens[0])
    assert rooms.calls_of("ensure_room") == [("ensure_room", meeting.room_name)]


@on_both_databases
@pytest.mark.parametrize("one_address", [False, True])
async def test_fifty_browsers_race(meeting: Meeting, browsers: Browsers, one_address: bool) -> None:
    """One of fifty browsers gets the session; the others get 410, or 429 if they share an address."""
    racers = [browsers.open("127.0.0.1" if one_address else f"127.0.1.{number + 1}") for number in range(50)]
    answers = await asyncio.gather(
        *(racer.redeem(meeting.tokens[0], ATTEMPT[:-2] + f"{number:02}") for number, racer in enumerate(racers))
    )
    statuses = [answer.status for answer in answers]
    assert statuses.count(201) == 1
    assert statuses.count(410) == (20 if one_address else 49)
    assert statuses.count(429) == (29 if one_address else 0)
    assert sum(racer.cookie is not None for racer in racers) == 1


@on_both_databases
async def test_fifty_repeats_at_once(meeting: Meeting, browsers: Browsers) -> None:
    """One browser that sends its attempt fifty times at once gets one session and one cookie."""
    tabs = [browsers.open() for _ in range(50)]
    answers = await asyncio.gather(*(tab.redeem(meeting.tokens[0]) for tab in tabs))
    assert {answer.status for answer in answers} == {201}
    assert len({tab.cookie for tab in tabs}) == 1


@on_both_databases
async def test_lost_answer(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """The same attempt without a cookie gets the same cookie until a minute is over, and not after."""
    lost = browsers.open()
    await lost.redeem(meeting.tokens[0])
    scenario.clock.pass_time(seconds=REPEAT_WITHIN.total_seconds() - 0.001)
    again = browsers.open()
    assert (await again.redeem(meeting.tokens[0])).status == 201
    assert again.cookie == lost.cookie
    scenario.clock.pass_time(seconds=0.001)
    late = await browsers.open().redeem(meeting.tokens[0])
    assert (late.status, late.code) == (410, "link_used")


async def test_attempt_in_capital_letters(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """An attempt is a UUID, in capital letters or not."""
    del scenario
    attempt = "ABCDEFAB-0000-4000-8000-000000000001"
    first, second = browsers.open(), browsers.open()
    await first.redeem(meeting.tokens[0], attempt)
    assert (await second.redeem(meeting.tokens[0], attempt.lower())).status == 201
    assert first.cookie == second.cookie
