"""New links go to the seat's owner in Discord, not too often, and tell nothing to people who guess tokens."""

import asyncio
from typing import Any

import pytest

from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.invitation import InvitationState, digest, link_token
from bot.domain.message import MessageKind
from bot.store.outbox import OutboxMessage
from tests.loops.factories import open_server
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.web.browsers import OTHER_ATTEMPT, Browser, Browsers
from tests.web.endings import end_match

ROUTE = "/invitation/resend"
LINK_KEY = derive_key(b"s" * 32, KeyPurpose.LINK)


async def test_new_link(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """202 and one message to the owner; the older link stops working, the new one opens the seat elsewhere."""
    first, second = browsers.open(), browsers.open()
    await first.redeem(meeting.tokens[0])
    answer = await second.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, answer.json) == (202, {})
    [message] = await _new_links(scenario)
    assert (message.member_id, message.seat_id) == (1, meeting.seats[0])
    token = link_token(LINK_KEY, message.invitation_id or "")
    assert (await second.redeem(token, OTHER_ATTEMPT)).status == 201
    assert (await first.get()).code == "session_replaced"


async def test_session_stays_until_the_new_link_is_used(
    scenario: Scenario, meeting: Meeting, browsers: Browsers
) -> None:
    """Asking for a link ends no session."""
    first = browsers.open()
    await first.redeem(meeting.tokens[0])
    await browsers.open().post(ROUTE, {"token": meeting.tokens[0]})
    assert (await first.get()).status == 200
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.REDEEMED


async def test_three_in_ten_minutes(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """The fourth is refused with the true time to wait; the partner is not affected."""
    for _ in range(3):
        assert (await browser.post(ROUTE, {"token": meeting.tokens[0]})).status == 202
        scenario.clock.pass_time(minutes=1)
    answer = await browser.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (429, "slow_down", "420")
    assert (await browser.post(ROUTE, {"token": meeting.tokens[1]})).status == 202
    scenario.clock.pass_time(seconds=420)
    assert (await browser.post(ROUTE, {"token": meeting.tokens[0]})).status == 202


async def test_links_taken_in_discord_count(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """Three links taken in Discord use up the limit, and the time to wait is counted from the first of them."""
    for number in range(3):
        scenario.clock.pass_time(seconds=1)
        assert await scenario.store.invitations.issue(
            meeting.seats[0], f"taken {number}", digest(f"taken {number}"), now=scenario.clock.now()
        )
    answer = await browser.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, int(answer.headers["Retry-After"])) == (429, 598)


async def test_twenty_at_once(scenario: Scenario, meeting: Meeting, browsers: Browsers) -> None:
    """Twenty simultaneous requests issue three links; only the last one works, so only that is sent."""
    tabs = [browsers.open() for _ in range(20)]
    answers = await asyncio.gather(*(tab.post(ROUTE, {"token": meeting.tokens[0]}) for tab in tabs))
    assert sorted(answer.status for answer in answers) == [202] * 3 + [429] * 17
    assert len(await _new_links(scenario)) == 1


async def test_unknown_tokens(scenario: Scenario, browsers: Browsers) -> None:
    """They are answered like known ones, twenty times a minute for each address, and nobody gets a message."""
    guesser = browsers.open()
    answers = [await guesser.post(ROUTE, {"token": f"guess {number}"}) for number in range(21)]
    assert [answer.status for answer in answers] == [202] * 20 + [429]
    assert answers[0].json == {}
    assert (await browsers.open("127.0.0.2").post(ROUTE, {"token": "guess"})).status == 202
    assert await _new_links(scenario) == []


@pytest.mark.parametrize("left", [True, False])
async def test_match_over(scenario: Scenario, meeting: Meeting, browser: Browser, left: bool) -> None:
    """There is no new link to a seat that was given up or to a match that has ended."""
    if left:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    else:
        await end_match(scenario, meeting)
    answer = await browser.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, answer.code) == (410, "match_over")
    assert await _new_links(scenario) == []


async def test_the_bot_was_removed(scenario: Scenario, meeting: Meeting, browser: Browser) -> None:
    """Nothing can be sent, so the page says so and the link stays as it is, however the removal came in between."""
    await open_server(scenario.store)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    answer = await browser.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, answer.code) == (403, "bot_removed")
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN
    assert (await browser.redeem(meeting.tokens[0])).status == 201


async def test_the_bot_is_removed_meanwhile(
    scenario: Scenario, meeting: Meeting, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store decides: it replaces no link for which it writes no message."""
    await open_server(scenario.store)
    issue = scenario.store.invitations.issue

    async def removed_first(*values: Any, **named: Any) -> bool:
        await scenario.store.servers.leave(SERVER, scenario.clock.now())
        return await issue(*values, **named)

    monkeypatch.setattr(scenario.store.invitations, "issue", removed_first)
    answer = await browser.post(ROUTE, {"token": meeting.tokens[0]})
    assert (answer.status, answer.code) == (403, "bot_removed")
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN


@pytest.mark.parametrize("sent", [{}, {"token": ""}, {"token": 1}, {"token": "x" * 129}, []])
async def test_malformed_bodies(browser: Browser, sent: object) -> None:
    """A body without a proper token is 400."""
    answer = await browser.post(ROUTE, sent)
    assert (answer.status, answer.code) == (400, "bad_request")


async def _new_links(scenario: Scenario) -> list[OutboxMessage]:
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 999)
    return [message for message in due if message.kind is MessageKind.NEW_LINK]
