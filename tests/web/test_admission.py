"""Who may enter the room: members of whom Discord told lately, and who were not barred."""

import asyncio

import pytest

from bot.domain.age_group import AgeGroup
from bot.domain.membership import ABSENT, ANSWERED_WITHIN, FRESH_FOR_ENTRY
from bot.store.database import Statement
from bot.store.memberships import RECORD
from bot.store.times import to_ms
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.store.test_pools import ADULTS_ONLY, SEPARATED, saved
from tests.web.browsers import Answer, Browser, Browsers
from tests.web.scripted_rooms import ScriptedRooms

Both = tuple[Browser, Browser]
ROUTE = "/session/join-token"
JUST_OVER = FRESH_FOR_ENTRY.total_seconds() + 0.001


async def asked(scenario: Scenario) -> list[int]:
    """The members about whom a question is open."""
    return [each.member_id for each in await scenario.store.memberships.open_questions([SERVER], urgent=True, limit=99)]


async def tell_behind_the_back(scenario: Scenario, age_group: AgeGroup | None) -> None:
    """Write what Discord told of member 1, and nothing of what follows from it."""
    now = to_ms(scenario.clock.now())
    news = dict.fromkeys(("barred_until", "reason", "joined_at"))
    values = {**news, "server_id": SERVER, "member_id": 1, "now": now, "told_at": now, "age_group": age_group}
    await scenario.store.database.write([Statement(name=RECORD, values=values)])


def outcome(answer: Answer) -> tuple[int, str]:
    """Status and code of an answer."""
    return answer.status, answer.code


async def test_a_member_of_whom_discord_told_lately_enters_at_once(scenario: Scenario, inside: Both) -> None:
    """Up to the last moment, and nobody asks."""
    scenario.clock.pass_time(seconds=FRESH_FOR_ENTRY.total_seconds())
    assert (await inside[0].post(ROUTE)).status == 200
    assert await asked(scenario) == []


async def test_a_member_of_whom_nothing_was_told_lately_is_asked_about(
    scenario: Scenario, inside: Both, rooms: ScriptedRooms
) -> None:
    """The page is told to ask again; the answer lets the member in. Nothing is asked of LiveKit before that."""
    scenario.clock.pass_time(seconds=JUST_OVER)
    rooms.calls.clear()
    for _ in range(3):
        answer = await inside[0].post(ROUTE)
        assert (outcome(answer), answer.headers["Retry-After"]) == ((503, "checking_membership"), "1")
        scenario.clock.pass_time(seconds=1)
    assert (await asked(scenario), rooms.calls) == ([1], [])
    await scenario.told(1)
    assert (await inside[0].post(ROUTE)).status == 200


async def test_asking_again_does_not_count(scenario: Scenario, inside: Both) -> None:
    """However often the page asks, the member has as many join tokens as ever."""
    scenario.clock.pass_time(seconds=JUST_OVER)
    for _ in range(20):
        assert (await inside[0].post(ROUTE)).code == "checking_membership"
    await scenario.told(1)
    assert {(await inside[0].post(ROUTE)).status for _ in range(10)} == {200}


async def test_no_answer_is_not_a_refusal(scenario: Scenario, inside: Both) -> None:
    """While Discord does not answer, a member enters after a few seconds; the question stays open."""
    scenario.clock.pass_time(seconds=JUST_OVER)
    assert (await inside[0].post(ROUTE)).code == "checking_membership"
    scenario.clock.pass_time(seconds=ANSWERED_WITHIN.total_seconds() - 0.001)
    assert (await inside[0].post(ROUTE)).code == "checking_membership"
    scenario.clock.pass_time(seconds=0.001)
    assert (await inside[0].post(ROUTE)).status == 200
    assert await asked(scenario) == [1]


async def test_nobody_waits_twice_for_a_chat_that_is_away(scenario: Scenario, inside: Both) -> None:
    """A question that somebody else asked long ago has shown already that no answer comes."""
    await scenario.store.memberships.ask(SERVER, 1, scenario.clock.now())
    scenario.clock.pass_time(seconds=JUST_OVER)
    assert (await inside[0].post(ROUTE)).status == 200


async def test_without_an_answer_nobody_enters_where_pools_are_separated(scenario: Scenario, inside: Both) -> None:
    """There the page goes on asking until Discord answers; what was told before an admin said so counts no more."""
    await saved(scenario, SEPARATED)
    scenario.clock.pass_time(seconds=JUST_OVER)
    for _ in range(20):
        assert (await inside[0].post(ROUTE)).code == "checking_membership"
        scenario.clock.pass_time(seconds=30)
    await saved(scenario, ADULTS_ONLY)
    await scenario.told(1)
    assert (await inside[0].post(ROUTE)).status == 200


async def test_nobody_enters_a_room_of_another_pool(scenario: Scenario, inside: Both) -> None:
    """The last line, should a seat ever be kept that its member must not have: what counts is the answer of Discord."""
    await saved(scenario, SEPARATED)
    assert (await inside[0].post(ROUTE)).code == "checking_membership"
    for group in (AgeGroup.MINOR, AgeGroup.ADULT):
        await tell_behind_the_back(scenario, group)
        assert outcome(await inside[0].post(ROUTE)) == (403, "other_pool")
    await tell_behind_the_back(scenario, None)  # as where nothing separates pools
    assert (await inside[0].post(ROUTE)).code == "checking_membership"
    await saved(scenario, ADULTS_ONLY)
    await tell_behind_the_back(scenario, None)
    assert (await inside[0].post(ROUTE)).status == 200


async def test_who_is_gone_is_refused_and_removed(
    scenario: Scenario, inside: Both, meeting: Meeting, rooms: ScriptedRooms
) -> None:
    """Every address says the same, without a reason; the partner is not affected."""
    await scenario.in_the_room(meeting)
    await scenario.told(1, ABSENT)
    me, partner = inside
    rooms.calls.clear()
    answers = [
        await me.post(ROUTE),
        await me.get(),
        await me.post("/session/undo"),
        await me.redeem(meeting.tokens[0], "00000000-0000-4000-8000-000000000009"),
        await me.post("/invitation/resend", {"token": meeting.tokens[0]}),
    ]
    assert {outcome(answer) for answer in answers} == {(403, "not_allowed")}
    assert rooms.calls == []
    assert [order.identity for order in await scenario.store.room_orders.find_due(9)] == [meeting.seats[0]]
    assert (await partner.post(ROUTE)).status == 200
    assert (await partner.get()).json["partner"]["left"] is True


async def test_who_left_and_was_banned_afterwards_is_refused_too(scenario: Scenario, inside: Both) -> None:
    """Leaving first does not bring anybody back in."""
    await inside[0].leave()
    await scenario.told(1, ABSENT)
    assert outcome(await inside[0].post("/session/undo")) == (403, "not_allowed")


async def test_a_ban_while_the_room_is_created(scenario: Scenario, inside: Both, rooms: ScriptedRooms) -> None:
    """There is no token; the room stays for the partner."""
    rooms.creation_started.clear()
    rooms.creation_allowed.clear()
    answering = asyncio.create_task(inside[0].post(ROUTE))
    await rooms.creation_started.wait()
    await scenario.told(1, ABSENT)
    rooms.creation_allowed.set()
    assert outcome(await answering) == (403, "not_allowed")
    assert rooms.calls_of("close_room") == []


@pytest.mark.parametrize(("seconds", "has_way"), [(0, True), (JUST_OVER, False)])
async def test_the_way_in_comes_with_the_session_only_for_a_member(
    scenario: Scenario, browsers: Browsers, meeting: Meeting, seconds: float, has_way: bool
) -> None:
    """Otherwise the link is redeemed all the same, and the question is asked at once."""
    scenario.clock.pass_time(seconds=seconds)
    answer = await browsers.open().redeem(meeting.tokens[0], enter=True)
    assert (answer.status, "way" in answer.json) == (201, has_way)
    assert await asked(scenario) == ([] if has_way else [1])


async def test_a_link_of_somebody_gone_stays_unspent(scenario: Scenario, browser: Browser, meeting: Meeting) -> None:
    """It is refused before anything happens."""
    await scenario.told(1, ABSENT)
    assert outcome(await browser.redeem(meeting.tokens[0], enter=True)) == (403, "not_allowed")
    assert browser.cookie is None


async def test_who_is_back_after_a_session_reads_it_again(scenario: Scenario, inside: Both) -> None:
    """The page shows what became of the session, but the seat is gone."""
    await scenario.told(1, ABSENT)
    scenario.clock.pass_time(seconds=60)
    await scenario.told(1)
    assert (await inside[0].get()).json["state"] == "after"
    assert outcome(await inside[0].post(ROUTE)) == (410, "match_over")
