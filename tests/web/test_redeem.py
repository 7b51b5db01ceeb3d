"""POST /session: a link becomes a session with its cookie, for one browser. POST /invitation/inspect tells before."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import new_id
from bot.domain.invitation import REPEAT_WITHIN, InvitationState, digest
from tests.both_databases import on_both_databases
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import ATTEMPT, OTHER_ATTEMPT, Browser, Browsers
from tests.web.conftest import MESSAGES_URL
from tests.web.scripted_rooms import ScriptedRooms

BRACKETS = b'{"token":' + b"[" * 8000


DIGITS = b'{"token":' + b"9" * 5000 + b"}"


async def test_link_becomes_a_session(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """The first click is answered 201 with a cookie that scripts cannot read, and the view of the seat."""
    answer = await browser.redeem(meeting.tokens[0])
    assert (answer.status, answer.json["seat"], answer.json["state"]) == (201, meeting.seats[0], "inviting")
    cookie = answer.headers["Set-Cookie"]
    name, _, value = cookie.partition("; ")[0].partition("=")
    assert (name, len(value)) == ("__Host-heybuddy", 43)
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=strict", "path=/", "max-age=14400"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.REDEEMED


async def test_join_grant_comes_with_the_session(meeting: Meeting, browser: Browser) -> None:
    """A browser that asks to enter gets in the same answer what join-token would say."""
    answer = await browser.redeem(meeting.tokens[0], enter=True)
    assert answer.json["way"]["token"] == f"token of {meeting.seats[0]} for {meeting.room_name} with the screen"
    assert answer.json["way"] == (await browser.post("/session/join-token")).json


@pytest.mark.parametrize("flags", [{}, {"enter": False}, {"enter": "yes"}, {"enter": 1}])
async def test_no_join_grant_unless_asked_for(meeting: Meeting, browser: Browser, flags: dict[str, object]) -> None:
    """A join token is issued only when the browser wants one."""
    assert "way" not in (await browser.redeem(meeting.tokens[0], ATTEMPT, **flags)).json


async def test_no_join_grant_for_a_room_that_may_not_exist(
    scenario: Scenario, meeting: Meeting, browsers: Browsers
) -> None:
    """A repeated attempt has ensured no room, and a seat that moves gets a new one: both have to ask join-token."""
    assert "way" in (await browsers.open().redeem(meeting.tokens[0], enter=True)).json
    assert "way" not in (await browsers.open().redeem(meeting.tokens[0], enter=True)).json
    await scenario.store.invitations.issue(
        meeting.seats[0], new_id(scenario.clock), digest("new"), now=scenario.clock.now()
    )
    moved = await browsers.open().redeem("new", OTHER_ATTEMPT, enter=True)
    assert (moved.status, "way" in moved.json) == (201, False)


@on_both_databases
async def test_clicking_again(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """A browser that holds the seat gets 200 a hundred times, whatever the attempt: no new cookie, no new session."""
    await browser.redeem(meeting.tokens[0])
    cookie = browser.cookie
    for number in range(100):
        scenario.clock.pass_time(seconds=1)
        answer = await browser.redeem(meeting.tokens[0], attempt=ATTEMPT[:-2] + f"{number:02}")
        assert (answer.status, "Set-Cookie" in answer.headers) == (200, False)
    assert browser.cookie == cookie


async def test_newer_link_in_the_same_browser(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """A browser that holds the seat does not redeem its newer link, which stays good for another device."""
    await browser.redeem(meeting.tokens[0])
    assert await scenario.store.invitations.issue(
        meeting.seats[0], new_id(scenario.clock), digest("new"), now=scenario.clock.now()
    )
    assert (await browser.redeem("new")).status == 200
    assert (await scenario.invitation("new")).state is InvitationState.OPEN


async def test_second_browser(meeting: Meeting, browsers: Browsers) -> None:
    """A redeemed link opens nothing for another attempt, with or without the cookie of another seat."""
    await browsers.open().redeem(meeting.tokens[0])
    stranger = browsers.open()
    answer = await stranger.redeem(meeting.tokens[0], OTHER_ATTEMPT)
    assert (answer.status, answer.code, stranger.cookie) == (410, "link_used", None)
    partner = browsers.open()
    await partner.redeem(meeting.tokens[1])
    assert (await partner.redeem(meeting.tokens[0], OTHER_ATTEMPT)).code == "link_used"


async def test_unknown_link(browser: Browser) -> None:
    """A token that was never issued is 404."""
    answer = await browser.redeem("A" * 43)
    assert (answer.status, answer.code, browser.cookie) == (404, "link_unknown", None)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"token":"x"}', 400),
        (b'{"attempt":"00000000-0000-4000-8000-000000000001"}', 400),
        (b'{"token":7,"attempt":"00000000-0000-4000-8000-000000000001"}', 400),
        (b'{"token":"","attempt":"00000000-0000-4000-8000-000000000001"}', 400),
        (b'{"token":"%s","attempt":"00000000-0000-4000-8000-000000000001"}' % (b"x" * 129), 400),
        (b'{"token":"x","attempt":"not a UUID"}', 400),
        (b'{"token":"x","attempt":"00000000-0000-4000-8000-000000000001\\n"}', 400),
        (b'{"token":"x","attempt":null}', 400),
        (b'\xff\xfe{"token"', 400),
        (BRACKETS, 400),
        (DIGITS, 400),
        (b'{"token":"\\ud800","attempt":"00000000-0000-4000-8000-000000000001"}', 404),
        (b'{"token":"x","attempt":"\\ud800"}', 400),
        (b" " * (16 * 1024 + 1), 413),
    ],
)
async def test_malformed_bodies(browser: Browser, sent: bytes, status: int) -> None:
    """Every malformed body is answered 4xx with a code, never 5xx."""
    answer = await browser.request("POST", "/session", data=sent)
    assert answer.status == status
    assert answer.code


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_accepted(meeting: Meeting, browser: Browser, content_type: str) -> None:
    """A body that an HTML form can send is not read."""
    sent = b'{"token":"%s","attempt":"%s"}' % (meeting.tokens[0].encode(), ATTEMPT.encode())
    answer = await browser.request("POST", "/session", data=sent, headers={"Content-Type": content_type})
    assert (answer.status, answer.code) == (415, "not_json")


async def test_planted_cookies(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """A hundred cookies put into browsers beforehand, even valid ones of another seat, do not become their session."""
    other = await scenario.matched(3, 4)
    attacker = browsers.open()
    await attacker.redeem(other.tokens[0])
    made_up = (f"{number:02}" * 21 + "x" for number in range(94))
    planted = [*made_up, "", "x" * 64, "x" * 65, "é", '"', attacker.cookie or ""]
    assert len(planted) == 100
    for number, cookie in enumerate(planted):
        victim = browsers.open(f"127.0.2.{number + 1}")
        victim.cookie = cookie
        answer = await victim.redeem(meeting.tokens[0], ATTEMPT)
        assert answer.status == 201, cookie
        assert victim.cookie not in planted
        assert (await victim.get()).json["seat"] == meeting.seats[0]
    assert (await attacker.get()).json["seat"] == other.seats[0]


async def test_a_refused_entry_is_one_line_in_the_log(
    meeting: Meeting, browsers: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    """It has the reason and ids, and neither a name nor a secret; who gets in leaves no line."""
    caplog.set_level(logging.INFO, "web")
    await browsers.open().redeem(meeting.tokens[0])
    await browsers.open().redeem(meeting.tokens[0], OTHER_ATTEMPT)
    await browsers.open().redeem("unknown")
    await browsers.open().inspect(meeting.tokens[0], OTHER_ATTEMPT)
    ids = f"match {meeting.match_id}, seat {meeting.seats[0]}"
    assert caplog.messages == [
        f"entry refused (link_used): {ids}",
        "entry refused (link_unknown)",
        f"entry refused (link_used): {ids}",
    ]


def all_rows(database: Path) -> list[str]:
    """Everything that the store holds."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


async def test_inspecting_changes_nothing(
    meeting: Meeting, browser: Browser, rooms: ScriptedRooms, database: Path
) -> None:
    """A link that was inspected a hundred times still works; no row has changed, and LiveKit was not asked."""
    before = all_rows(database)
    for _ in range(100):
        answer = await browser.inspect(meeting.tokens[0])
        assert (answer.status, answer.json.keys()) == (200, {"keeps_cookies"})
    assert (all_rows(database), rooms.calls, browser.cookie) == (before, [], None)
    assert (await browser.redeem(meeting.tokens[0])).status == 201


async def test_a_browser_that_keeps_cookies(meeting: Meeting, browser: Browser) -> None:
    """The first answer brings a probe like the session cookie; a browser that sends it back keeps cookies."""
    first = await browser.inspect(meeting.tokens[0])
    probe, _, attributes = first.headers["Set-Cookie"].partition("; ")
    session = (await browser.redeem(meeting.tokens[0])).headers["Set-Cookie"]
    assert sorted(attributes.split("; ")) == sorted(session.split("; ")[1:])
    browser.cookie = None
    second = await browser.inspect(meeting.tokens[0], Cookie=f"theirs=x; {probe}")
    assert [first.json, second.json] == [{"keeps_cookies": False}, {"keeps_cookies": True}]
    assert "Set-Cookie" not in second.headers


async def test_a_browser_that_keeps_no_cookies(meeting: Meeting, browser: Browser) -> None:
    """It learns so however often it asks; cookies of other sites do not count."""
    for headers in ({}, {}, {"Cookie": "theirs=x"}):
        assert (await browser.inspect(meeting.tokens[0], **headers)).json == {"keeps_cookies": False}


async def test_inspecting_a_link_of_ones_own(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """The browser that holds the seat may go in again, and so may the one whose answer was lost, for a minute."""
    mine, lost = browsers.open(), browsers.open()
    await mine.redeem(meeting.tokens[0])
    assert (await mine.inspect(meeting.tokens[0], OTHER_ATTEMPT)).json == {"keeps_cookies": True}
    assert (await lost.inspect(meeting.tokens[0], ATTEMPT)).status == 200
    assert (await lost.inspect(meeting.tokens[0], OTHER_ATTEMPT)).code == "link_used"
    scenario.clock.pass_time(seconds=REPEAT_WITHIN.total_seconds())
    assert (await lost.inspect(meeting.tokens[0], ATTEMPT)).code == "link_used"
    assert (await mine.inspect(meeting.tokens[0], ATTEMPT)).status == 200


async def test_inspecting_an_unknown_link(browser: Browser) -> None:
    """It leads to the direct messages, because nobody knows whose it is."""
    answer = await browser.inspect("A" * 43)
    assert (answer.status, answer.code, answer.json["chat_url"]) == (404, "link_unknown", MESSAGES_URL)


@pytest.mark.parametrize("sent", [{}, {"token": "x"}, {"token": "x", "attempt": "y"}, {"attempt": ATTEMPT}, [], None])
async def test_malformed_inspections(browser: Browser, sent: object) -> None:
    """It takes what redeeming takes."""
    assert (await browser.post("/invitation/inspect", sent)).code == "bad_request"


async def test_guessing_by_inspecting(meeting: Meeting, browsers: Browsers) -> None:
    """Inspecting and redeeming share one limit, so nobody can guess twice as often; a good link is not affected."""
    guesser = browsers.open()
    answers = [await (guesser.inspect if number % 2 else guesser.redeem)(f"guess {number}") for number in range(30)]
    assert [answer.status for answer in answers] == [404] * 20 + [429] * 10
    assert (await guesser.inspect(meeting.tokens[0])).status == 200


@pytest.mark.parametrize("path", ["/j", "/room", "/invitation/inspect", "/session"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("agent", ["Discordbot/2.0", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0 (prefetch)"])
async def test_crawlers_learn_nothing(
    meeting: Meeting, browser: Browser, database: Path, method: str, path: str, agent: str
) -> None:
    """Previews and prefetches change no row, get no cookie, and see no name."""
    before = all_rows(database)
    answer = await browser.request(method, path, headers={"User-Agent": agent, "Sec-Purpose": "prefetch"})
    assert (all_rows(database), "Set-Cookie" in answer.headers) == (before, False)
    assert all(token.encode() not in answer.body for token in meeting.tokens)
