"""The session as the page sees it, in every state."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.match import REMINDER_AFTER, EndReason
from bot.domain.membership import Bar, Barred
from bot.domain.message import Delivered, MessageKind
from bot.domain.ticket import TicketState
from tests.loops.factories import make_janitor, open_server
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import CHAT_URL
from tests.web.endings import end_match
from web.session_view import iso_timestamp

Both = tuple[Browser, Browser]
HTTP_INTERFACE = Path(__file__).parents[2] / "docs" / "http.md"
STARTED = "2026-03-02T16:00:00.000Z"
TIMES_OF_EVENTS = (
    "notified_at",
    "reminded_at",
    "met_at",
    "meeting_counts_at",
    "ends_at",
    "closes_at",
    "parted_at",
    "ended_at",
    "left_at",
)
NO_TIMES = dict.fromkeys((*TIMES_OF_EVENTS, "undo_until"))


async def test_whole_view(inside: Both, meeting: Meeting) -> None:
    """The view has every documented field and nothing else: no id of a member, of the match or of the room."""
    answer = await inside[0].get()
    view: dict[str, Any] = answer.json
    assert view.pop("why")
    assert view.pop("version") >= 1
    assert view.pop("report_token").startswith(f"{meeting.seats[0]}.")
    assert view == {
        "seat": meeting.seats[0],
        "trial": False,
        "state": "inviting",
        "ended_as": None,
        "requeued": None,
        "me": {"name": "Member 1", "came": False, "removed": False},
        "partner": {"name": "Member 2", "present": False, "came": False, "left": False},
        "subject": "Maths",
        "length": 50,
        "style": "any",
        "camera": "any",
        "level": None,
        "language": "en",
        "other_subject": None,
        "stretched": [],
        "goals": [],
        "times": {
            **NO_TIMES,
            "now": STARTED,
            "matched_at": STARTED,
            "reminder_due_at": "2026-03-02T16:04:00.000Z",
            "another_at": "2026-03-02T16:07:00.000Z",
        },
        "undo_seconds": 10,
        "empty_minutes": 5,
        "longest_report": 1000,
        "report_days": 14,
        "hides_partner_video": True,  # nothing is known of the server
        "chat_url": f"{CHAT_URL}/900",
    }
    text = answer.body.decode()
    assert not any(secret in text for secret in (meeting.match_id, meeting.room_name, meeting.seats[1]))


@pytest.mark.parametrize("is_chosen", [False, True])
async def test_partners_are_seen_at_once_unless_admins_chose_otherwise(
    scenario: Scenario, inside: Both, is_chosen: bool
) -> None:
    """The page is told whether nobody is seen before asking for it, also when that changes during a session."""
    server = await open_server(scenario.store)
    assert (await inside[0].get()).json["hides_partner_video"] is False
    changed = replace(server, hides_partner_video=is_chosen)
    await scenario.store.servers.save(changed, expected_version=server.version)
    assert (await inside[0].get()).json["hides_partner_video"] is is_chosen


async def test_every_field_is_documented(inside: Both) -> None:
    """docs/http.md names every field of the view and every time in it."""
    view = (await inside[0].get()).json
    section = HTTP_INTERFACE.read_text(encoding="utf-8").partition("## The session view")[2].partition("## ")[0]
    documented = set(re.findall(r"`(\w+)`", section))
    assert {*view, *view["times"], *view["partner"]} <= documented


async def test_the_reminder_is_shown_once_it_has_arrived(scenario: Scenario, inside: Both) -> None:
    """A reminder to the partner that could not be delivered was not sent; neither was one to this member."""
    me, _ = inside
    scenario.clock.pass_time(seconds=REMINDER_AFTER.total_seconds())
    outbox, fence = scenario.store.outbox, await scenario.fence("courier")
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    reminders = [each for each in await outbox.find_due(scenario.clock.now(), 9) if each.kind is MessageKind.REMINDER]
    to_me, to_them = sorted(reminders, key=lambda each: each.member_id)
    await outbox.mark_sent(to_me, Delivered(), scenario.clock.now(), fence)
    assert (await me.get()).json["times"]["reminded_at"] is None
    await outbox.mark_sent(to_them, Delivered(), scenario.clock.now(), fence)
    assert (await me.get()).json["times"]["reminded_at"] == "2026-03-02T16:04:00.000Z"


PARTINGS: dict[str, Callable[[Scenario, Meeting], Awaitable[object]]] = {
    "the connection of one ends": lambda scenario, meeting: scenario.store.presence.participant_left(
        meeting.seats[1], "PA_1", meeting.room_name, scenario.clock.now()
    ),
    "one leaves": lambda scenario, meeting: scenario.store.browser_sessions.leave_seat(
        meeting.seats[1], scenario.clock.now()
    ),
    "the time is up": lambda scenario, meeting: scenario.store.matches.end(
        meeting.match_id, EndReason.DONE, now=scenario.clock.now()
    ),
}


@pytest.mark.parametrize("parting", PARTINGS)
async def test_until_when_the_two_were_together(
    scenario: Scenario, meeting: Meeting, inside: Both, parting: str
) -> None:
    """However they part, the view says when; what LiveKit reports later does not move it."""
    me, _ = inside
    await scenario.in_the_room(meeting)
    assert (await me.get()).json["times"]["parted_at"] is None
    scenario.clock.pass_time(minutes=60)
    assert (await me.get()).json["times"]["closes_at"] == "2026-03-02T17:00:00.000Z"
    assert await PARTINGS[parting](scenario, meeting) is not False
    scenario.clock.pass_time(seconds=5)
    for side in (1, 0):
        await scenario.store.presence.participant_left(
            meeting.seats[side], f"PA_{side}", meeting.room_name, scenario.clock.now()
        )
    assert (await me.get()).json["times"]["parted_at"] == "2026-03-02T17:00:00.000Z"


async def test_two_who_meet_again_have_not_parted(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """A partner who reconnects is together with this member as before."""
    await scenario.in_the_room(meeting)
    presence, now = scenario.store.presence, scenario.clock.now()
    await presence.participant_left(meeting.seats[1], "PA_1", meeting.room_name, now)
    await presence.participant_joined(meeting.seats[1], "PA_new", meeting.room_name, now)
    assert (await inside[0].get()).json["times"]["parted_at"] is None


async def test_partner_comes_and_goes(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """The partner is shown as present and as having come; each change makes a new version."""
    me, _ = inside
    await scenario.in_the_room(meeting, 0)
    alone = (await me.get()).json
    assert alone["times"]["another_at"]
    await scenario.in_the_room(meeting, 1)
    together = (await me.get()).json
    assert (together["state"], together["partner"]["present"], together["partner"]["came"]) == ("meeting", True, True)
    assert (together["times"]["met_at"], together["times"]["ends_at"]) == (STARTED, "2026-03-02T16:50:00.000Z")
    assert together["times"]["meeting_counts_at"] == "2026-03-02T16:01:00.000Z"
    assert together["times"]["another_at"] is None
    await scenario.store.presence.participant_left(meeting.seats[1], "PA_1", meeting.room_name, scenario.clock.now())
    gone = (await me.get()).json
    assert (gone["state"], gone["partner"]["present"], gone["partner"]["came"]) == ("meeting", False, True)
    assert alone["version"] < together["version"] < gone["version"]


@pytest.mark.parametrize("reason", list(EndReason))
async def test_endings(scenario: Scenario, meeting: Meeting, inside: Both, reason: EndReason) -> None:
    """The view names the reason for the end."""
    await end_match(scenario, meeting, reason)
    answer = await inside[0].get()
    assert (answer.json["state"], answer.json["ended_as"]) == ("ended", reason)


@pytest.mark.parametrize(
    ("bot_is_there", "minutes", "requeued"), [(True, 1, TicketState.WAITING), (False, 1, None), (True, 90, None)]
)
async def test_who_looks_on_after_the_partner_declined(
    scenario: Scenario, meeting: Meeting, inside: Both, bot_is_there: bool, minutes: int, requeued: TicketState | None
) -> None:
    """Only who was really requeued reads so: not in a server that the bot has left, nor long afterwards."""
    await open_server(scenario.store)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    assert (await inside[0].get()).json["requeued"] is None
    if not bot_is_there:
        await scenario.store.servers.leave(SERVER, scenario.clock.now())
    scenario.clock.pass_time(minutes=minutes)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    views = [(await browser.get()).json for browser in inside]
    assert (views[0]["ended_as"], views[0]["requeued"], views[1].get("requeued")) == (
        "declined",
        requeued,
        None,
    )


async def _decline(scenario: Scenario, seat_id: str) -> None:
    await scenario.store.browser_sessions.leave_seat(seat_id, scenario.clock.now())
    scenario.clock.pass_time(minutes=1)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))


async def _keep_waiting(scenario: Scenario) -> None:
    pass


async def _stop_waiting(scenario: Scenario) -> None:
    await scenario.store.tickets.stop_waiting(1, scenario.clock.now())


async def _expire(scenario: Scenario) -> None:
    scenario.clock.pass_time(minutes=20)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))


async def _match(scenario: Scenario) -> None:
    ticket = await scenario.store.tickets.find_by_member(1)
    assert ticket is not None
    new, _ = scenario.match_of(ticket, await scenario.waiting(3))
    assert await scenario.store.matches.create(new, fence=await scenario.fence())


async def _match_and_decline(scenario: Scenario) -> None:
    await _match(scenario)
    seat = await scenario.store.matches.find_by_member(3)
    assert seat is not None
    await _decline(scenario, seat.own.id)


async def _search_anew(scenario: Scenario) -> None:
    await _stop_waiting(scenario)
    await scenario.waiting(1)


SEARCHES = (
    (_keep_waiting, TicketState.WAITING),
    (_stop_waiting, TicketState.LEFT),
    (_expire, TicketState.EXPIRED),
    (_match, TicketState.MATCHED),
    (_match_and_decline, TicketState.WAITING),
    (_search_anew, TicketState.LEFT),
)


@pytest.mark.parametrize(("follows", "state"), SEARCHES)
async def test_the_view_says_what_became_of_the_search(
    scenario: Scenario,
    meeting: Meeting,
    inside: Both,
    follows: Callable[[Scenario], Awaitable[None]],
    state: TicketState,
) -> None:
    """A member who was requeued reads for how long that search goes on; a search begun by hand is another one."""
    await open_server(scenario.store)
    await _decline(scenario, meeting.seats[1])
    await follows(scenario)
    assert (await inside[0].get()).json["requeued"] == state


async def test_a_reminder_after_an_outage_of_livekit(scenario: Scenario, inside: Both) -> None:
    """The page says when it will come: once LiveKit has been back for four minutes. Another outage changes no more."""
    await open_server(scenario.store)
    clock = scenario.clock
    await scenario.livekit_is_away()
    clock.pass_time(minutes=5)
    await scenario.livekit_is_back()
    due_at = clock.now() + REMINDER_AFTER
    for minutes in (0, 3):
        clock.pass_time(minutes=minutes)
        assert (await inside[0].get()).json["times"]["reminder_due_at"] == iso_timestamp(due_at)
    clock.set(due_at)
    await make_janitor(scenario.store, clock).step(await scenario.fence("janitor"))
    await scenario.livekit_is_away()
    assert (await inside[0].get()).json["times"]["reminder_due_at"] == iso_timestamp(due_at)


async def test_without_the_bot_nothing_is_promised(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """In a server that the bot was removed from, neither a reminder nor somebody else is announced."""
    await open_server(scenario.store)
    times = (await inside[0].get()).json["times"]
    assert times["reminder_due_at"]
    assert times["another_at"]
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    times = (await inside[0].get()).json["times"]
    assert (times["reminder_due_at"], times["another_at"]) == (None, None)


@pytest.mark.parametrize("cookie", [None, "", "x" * 43, "x" * 64, "x" * 65, "\\", "é"])
async def test_unknown_cookies(browser: Browser, inside: Both, cookie: str | None) -> None:
    """A cookie that belongs to no session is refused."""
    del inside
    browser.cookie = cookie
    answer = await browser.get()
    assert (answer.status, answer.code) == (401, "no_session")


async def test_idle_session(scenario: Scenario, inside: Both) -> None:
    """A session ends after half an hour without a request; each request keeps it alive."""
    me, other = inside
    for _ in range(2):
        scenario.clock.pass_time(minutes=29)
        assert (await me.get()).status == 200
    assert (await other.get()).code == "no_session"


async def test_tab_of_another_seat(scenario: Scenario, inside: Both, browsers: Browsers, meeting: Meeting) -> None:
    """If cookie and seat differ, every route refuses, names the holder of the cookie, and changes nothing."""
    del browsers
    me, _ = inside
    me.seat = meeting.seats[1]
    for method, path in [
        ("GET", "/session"),
        ("DELETE", "/session"),
        ("POST", "/session/undo"),
        ("POST", "/session/another"),
        ("POST", "/session/join-token"),
    ]:
        answer = await me.request(method, path, None if method == "GET" else {})
        assert (answer.status, answer.code, answer.json["holder"]) == (409, "other_seat", "Member 1"), path
    for seat in meeting.seats:
        found = await scenario.store.matches.find_by_seat(seat)
        assert found is not None
        assert found.own.left_at is None


@pytest.mark.parametrize("users", [10, pytest.param(200, marks=pytest.mark.faults)])
async def test_nobody_reads_another_seat(scenario: Scenario, browsers: Browsers, users: int) -> None:
    """Sending the id of somebody else's seat with one's own cookie reveals nothing, whoever asks about whom."""
    meetings = [await scenario.matched(10 + 2 * number, 11 + 2 * number) for number in range(users // 2)]
    members = [(browsers.open(), token, seat) for m in meetings for token, seat in zip(m.tokens, m.seats, strict=True)]
    for browser, token, _ in members:
        assert (await browser.redeem(token)).status == 201
    for browser, _, own in members:
        for _, _, seat in members:
            browser.seat = seat
            answer = await browser.get()
            assert answer.status == (200 if seat == own else 409)
            assert seat == own or seat not in answer.body.decode()


async def test_cookie_decides_without_a_seat(inside: Both, meeting: Meeting) -> None:
    """A reloaded page does not know its seat yet."""
    inside[1].seat = None
    assert (await inside[1].get()).json["seat"] == meeting.seats[1]


@pytest.mark.parametrize("reason", list(Barred))
async def test_who_loses_the_seat_to_a_bar_has_not_left(
    scenario: Scenario, meeting: Meeting, inside: Both, reason: Barred
) -> None:
    """Their page goes on saying so, also when the bar is over; the partner's says nothing of it."""
    until, now = scenario.clock.now() + timedelta(minutes=1), scenario.clock.now()
    member_id, server_id = meeting.tickets[0].member_id, meeting.tickets[0].server_id
    bar = Bar(reason=reason, until=until)
    await scenario.store.memberships.record(server_id, member_id, bar=bar, told_at=now, now=now)
    scenario.clock.pass_time(minutes=2)
    own, partner = [(await browser.get()).json["me"]["removed"] for browser in inside]
    assert (own, partner) == (reason is not Barred.NOT_MEMBER, False)


async def test_who_leaves_was_not_removed(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """Not even if they are barred afterwards."""
    now, ticket = scenario.clock.now(), meeting.tickets[0]
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    bar = Bar(reason=Barred.TIMED_OUT, until=now + timedelta(minutes=1))
    await scenario.store.memberships.record(ticket.server_id, ticket.member_id, bar=bar, told_at=now, now=now)
    scenario.clock.pass_time(minutes=2)
    assert (await inside[0].get()).json["me"]["removed"] is False


async def test_a_partner_who_has_deleted_their_data(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """Their page is over. The other sees what an ordinary leave shows, and no name any more; it has no hole."""
    await scenario.in_the_room(meeting)
    await scenario.store.personal_data.erase(1, nobody=-1, now=scenario.clock.now())
    assert (await inside[0].get()).status == 401
    view = (await inside[1].get()).json
    assert view["partner"] == {"name": "your partner", "present": False, "came": True, "left": True}
    assert (view["state"], view["times"]["parted_at"]) == ("meeting", view["times"]["now"])
