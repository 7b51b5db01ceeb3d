"""Report tokens over the wire: a report reaches us without its session, and a token is good for nothing else."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.browser_session import ABSOLUTE_LIFETIME, READ_ONLY_LIFETIME
from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.invitation import link_token
from bot.domain.match import EndReason
from bot.domain.membership import Membership
from bot.domain.message import MessageKind
from bot.domain.report import REPORTABLE_FOR, UNDO_REPORT_FOR, ReportPlace, ReportReason
from bot.store.report_rows import Report
from tests.loops.factories import open_server
from tests.store.deleted_members import NOBODY
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.web.browsers import Answer, Browser, Browsers
from tests.web.endings import end_match
from tests.web.test_report import blocked, filed
from web.report_seats import REPORTS_PER_MINUTE
from web.session_cookies import COOKIE_NAME

Both = tuple[Browser, Browser]
LINK_KEY = derive_key(b"s" * 32, KeyPurpose.LINK)
ADDRESS = "127.0.0.3"
PATHS = ("/report", "/report/undo", "/block")
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptToken:
    """A report token in a page whose browser has no cookie of ours, and at an address of its own."""

    token: str
    page: Browser

    async def post(self, path: str = "/report", **sent: object) -> Answer:
        return await self.page.post(path, {"token": self.token, **sent})


async def token_of(browser: Browser) -> str:
    """The report token that the session view hands to a page."""
    return str((await browser.get()).json["report_token"])


@pytest.fixture
async def kept(inside: Both, browsers: Browsers) -> KeptToken:
    """The first member's token."""
    return KeptToken(token=await token_of(inside[0]), page=browsers.open(ADDRESS))


async def erase(scenario: Scenario, member_id: int) -> None:
    await scenario.store.personal_data.erase(member_id, nobody=NOBODY, now=scenario.clock.now())


async def test_no_cookie_is_needed(scenario: Scenario, meeting: Meeting, inside: Both, kept: KeptToken) -> None:
    """Report, block and leave are there, and repeating the request is the same report."""
    me, partner = inside
    first, again = await kept.post(reason="hate"), await kept.post(reason="hate", words="Again.")
    assert (first.status, again.status, first.json["number"]) == (202, 202, again.json["number"])
    [stored] = await filed(scenario)
    assert (stored.reporter_id, stored.reported_id, stored.match_id) == (1, 2, meeting.match_id)
    assert (stored.place, stored.reason, stored.words) == (ReportPlace.ROOM, ReportReason.HATE, "Again.")
    assert await blocked(scenario) == [2]
    assert ((await me.get()).json["state"], (await partner.get()).json["partner"]["left"]) == ("after", True)


async def test_each_side_has_its_own(scenario: Scenario, inside: Both, kept: KeptToken) -> None:
    """Both can report, once each."""
    theirs = KeptToken(token=await token_of(inside[1]), page=kept.page)
    for _ in range(2):
        assert [(await each.post()).status for each in (kept, theirs)] == [202, 202]
    assert sorted((each.reporter_id, each.reported_id) for each in await filed(scenario)) == [(1, 2), (2, 1)]


async def test_one_browser_with_two_seats(scenario: Scenario, inside: Both, kept: KeptToken) -> None:
    """The token decides, whichever seat the browser's cookie and the page's header name by now."""
    me, partner = inside
    me.cookie, me.seat = partner.cookie, partner.seat
    answer = await me.post("/report", {"token": kept.token})
    assert answer.status == 202
    assert [each.reporter_id for each in await filed(scenario)] == [1]
    assert (await me.post("/report/undo", {"token": kept.token})).status == 200
    assert (await me.post("/block", {"token": kept.token})).status == 202
    assert (await filed(scenario), await blocked(scenario)) == ([], [2])


@pytest.mark.parametrize("waited", [READ_ONLY_LIFETIME, ABSOLUTE_LIFETIME, timedelta(days=7)])
async def test_long_after_leaving(scenario: Scenario, inside: Both, kept: KeptToken, waited: timedelta) -> None:
    """The session is over; the report is taken all the same."""
    me, _ = inside
    await me.leave()
    scenario.clock.pass_time(seconds=waited.total_seconds())
    assert (await me.post("/report")).code in {"session_ended", "no_session"}
    assert (await kept.post(reason="sexual")).status == 202
    assert [(each.place, each.reason) for each in await filed(scenario)] == [(ReportPlace.OVER, ReportReason.SEXUAL)]


@pytest.mark.parametrize(("early", "code"), [(MILLISECOND, ""), (timedelta(), "report_expired")])
async def test_the_last_moment(
    scenario: Scenario, meeting: Meeting, kept: KeptToken, early: timedelta, code: str
) -> None:
    """Fourteen days after the match has ended the token is good for nothing any more."""
    await end_match(scenario, meeting, EndReason.DONE)
    scenario.clock.pass_time(seconds=(REPORTABLE_FOR - early).total_seconds())
    assert [(await kept.post(path)).code for path in PATHS] == [code] * 3
    assert (await filed(scenario), await blocked(scenario)) == ([], [] if code else [2])


async def test_a_match_that_is_kept_no_longer(scenario: Scenario, meeting: Meeting, kept: KeptToken) -> None:
    """Long afterwards neither match nor seat are there."""
    await end_match(scenario, meeting)
    scenario.clock.pass_time(days=31)
    while await scenario.store.retention.delete_expired(scenario.clock.now()):
        pass
    assert [(await kept.post(path)).code for path in PATHS] == ["report_expired"] * 3


async def test_the_seat_was_opened_on_another_device(
    scenario: Scenario, meeting: Meeting, inside: Both, kept: KeptToken, browsers: Browsers
) -> None:
    """The first device is out of the room, and reports still. Both have the same token."""
    me, _ = inside
    assert (await browsers.open().post("/invitation/resend", {"token": meeting.tokens[0]})).status == 202
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    [message] = [each for each in due if each.kind is MessageKind.NEW_LINK]
    other = browsers.open()
    assert (await other.redeem(link_token(LINK_KEY, str(message.invitation_id)))).status == 201
    assert (await me.post("/report")).code == "session_replaced"
    assert await token_of(other) == kept.token
    assert (await kept.post()).status == 202
    assert len(await filed(scenario)) == 1


async def test_a_member_who_was_put_out(scenario: Scenario, inside: Both, kept: KeptToken) -> None:
    """Who was banned, or has left the server, can say what happened, though their session is over as well."""
    await scenario.told(1, Membership(in_server=False))
    scenario.clock.pass_time(seconds=ABSOLUTE_LIFETIME.total_seconds())
    assert (await inside[0].post("/report")).code == "no_session"
    assert (await kept.post()).status == 202
    assert len(await filed(scenario)) == 1


async def test_the_bot_was_removed_from_the_server(scenario: Scenario, kept: KeptToken) -> None:
    """The report is kept for whoever reads it then."""
    await open_server(scenario.store)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    answer = await kept.post()
    assert (answer.status, answer.json["read_by"]) == (202, "operator")


async def test_the_partner_has_deleted_their_data(scenario: Scenario, kept: KeptToken) -> None:
    """They are reported and blocked under their pseudonym."""
    await erase(scenario, 2)
    assert (await kept.post()).status == 202
    [stored] = await filed(scenario)
    assert stored.reported_id < 0
    assert await blocked(scenario) == [stored.reported_id]


async def test_the_reporter_has_deleted_their_data(scenario: Scenario, inside: Both, kept: KeptToken) -> None:
    """What their page had not sent arrives as any report of theirs has it by then: with neither their id nor words."""
    await erase(scenario, 1)
    assert (await inside[0].post("/report")).code == "no_session"
    answers = [await kept.post(reason="hate", words="Mine."), await kept.post(words="And more.")]
    assert [answer.status for answer in answers] == [202, 202]
    [stored] = await filed(scenario)
    assert (stored.reporter_id, stored.reason, stored.words) == (None, ReportReason.HATE, "")
    assert stored.reported_id == 2
    assert str(await fetch_rows(scenario.store, "SELECT member_id FROM outbox")).count("(1,)") == 0
    scenario.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    assert (await kept.post("/report/undo")).code == "too_late"
    await scenario.store.personal_data.recognize(1)
    assert await blocked(scenario) == [2]


async def test_undo_by_a_member_who_has_deleted_their_data(scenario: Scenario, kept: KeptToken) -> None:
    """Report and block are gone."""
    await erase(scenario, 1)
    await kept.post()
    assert (await kept.post("/report/undo")).status == 200
    assert await filed(scenario) == []
    assert await fetch_rows(scenario.store, "SELECT blocker_id FROM blocks") == []


async def test_a_test_has_none(scenario: Scenario, browsers: Browsers) -> None:
    """Nobody is reported in it."""
    trial, device = await scenario.trial(1), browsers.open()
    await device.redeem(trial.tokens[0])
    assert (await device.get()).json["report_token"] is None


@pytest.mark.parametrize("path", PATHS)
async def test_wrong_tokens(scenario: Scenario, inside: Both, path: str) -> None:
    """They do nothing, and no session stands in for one: that may be of another seat."""
    me, partner = inside
    mine, theirs = await token_of(me), await token_of(partner)
    forged = f"{mine.partition('.')[0]}.{theirs.partition('.')[2]}"
    for token in ("x", f"{mine}A", "é.\ud800", forged):
        answer = await me.post(path, {"token": token})
        assert (answer.status, answer.code) == (404, "report_token_unknown")
    for sent in ("", None, 7, [mine], "x" * 129):
        assert (await me.post(path, {"token": sent})).code == "bad_request"
    assert (await filed(scenario), await blocked(scenario)) == ([], [])
    assert (await me.get()).json["state"] == "inviting"


async def test_guessing(inside: Both, kept: KeptToken, browsers: Browsers) -> None:
    """Guesses count with those of links, by address; a good token passes from the same address."""
    del inside
    guesser = browsers.open(ADDRESS)
    for number in range(20):
        assert (await guesser.post(PATHS[number % 3], {"token": f"guess {number}"})).status == 404
    refused = await guesser.post("/report", {"token": "guess"})
    assert (refused.code, refused.headers["Retry-After"]) == ("slow_down", "60")
    assert (await guesser.redeem("guess")).code == "slow_down"
    assert (await kept.post()).status == 202


async def test_a_token_opens_nothing_else(kept: KeptToken) -> None:
    """Neither as a link nor as a cookie: it reads nothing, enters nothing, and leaves only by reporting or blocking."""
    page = kept.page
    assert (await page.redeem(kept.token)).code == "link_unknown"
    assert (await page.inspect(kept.token)).code == "link_unknown"
    page.seat, signature = kept.token.split(".")
    for cookie in (kept.token, signature, None):
        page.cookie, page.cookie_name = cookie, COOKIE_NAME
        assert (await page.get()).code == "no_session"
        for path in ("/session/join-token", "/session/undo", "/session/another"):
            assert (await page.post(path, {"token": kept.token})).code == "no_session"
        assert (await page.request("DELETE", "/session", {"token": kept.token})).code == "no_session"


async def test_nothing_of_it_is_stored_logged_or_answered(
    kept: KeptToken, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the database, in no line of the log, and in no answer to a request that sent it."""
    caplog.set_level("DEBUG")
    answers = [await kept.post(reason="hate"), await kept.post("/report/undo"), await kept.post(reason="boredom")]
    signature = kept.token.partition(".")[2]
    assert [signature in answer.body.decode() for answer in answers] == [False] * 3
    assert signature not in caplog.text
    with closing(sqlite3.connect(database)) as connection:
        assert signature not in "\n".join(connection.iterdump())


async def test_a_seat_that_asks_too_often(scenario: Scenario, inside: Both, kept: KeptToken) -> None:
    """By then its report is there; it is told when to try again. Neither Undo nor the partner's seat has to wait."""
    answers = [await kept.post(words=f"Word {number}.") for number in range(REPORTS_PER_MINUTE + 1)]
    assert [answer.status for answer in answers] == [202] * REPORTS_PER_MINUTE + [429]
    assert (answers[-1].code, answers[-1].json["retry_after"]) == ("slow_down", 60)
    assert len(await filed(scenario)) == 1
    theirs = KeptToken(token=await token_of(inside[1]), page=kept.page)
    assert [(await theirs.post()).status, (await kept.post("/report/undo")).status] == [202, 200]
    scenario.clock.pass_time(minutes=1)
    assert (await kept.post(words="The last word.")).status == 202


async def test_what_cannot_be_a_report_costs_none(scenario: Scenario, kept: KeptToken) -> None:
    """However many of them come."""
    for _ in range(REPORTS_PER_MINUTE + 1):
        assert (await kept.post(reason="boredom")).code == "bad_request"
    assert (await kept.post()).status == 202
    assert len(await filed(scenario)) == 1


async def test_another_process_knows_it(scenario: Scenario, kept: KeptToken, other_page: Browsers) -> None:
    """It is derived from the installation's secret."""
    assert (await other_page.open().post("/report", {"token": kept.token})).status == 202
    assert len(await filed(scenario)) == 1


async def test_a_second_match_with_the_same_partner(scenario: Scenario, meeting: Meeting, kept: KeptToken) -> None:
    """The token speaks for the first one: what stands about that is not said to be undone."""
    await end_match(scenario, meeting)
    scenario.clock.pass_time(days=1)
    await scenario.matched(1, 2)
    assert (await kept.post()).status == 202
    scenario.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    assert (await kept.post("/report/undo")).code == "too_late"
    reports: list[Report] = await filed(scenario)
    assert [each.match_id for each in reports] == [meeting.match_id]
