"""Getting away from the partner on the page: report, undo, block."""

from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.browser_session import READ_ONLY_LIFETIME
from bot.domain.match import EndReason
from bot.domain.membership import Membership
from bot.domain.report import UNDO_REPORT_FOR, WORDS_AT_MOST, ReportPlace, ReportReason
from bot.domain.report_reader import Reader, StaffStanding
from bot.domain.verdict import Decision, Verdict
from bot.store.report_rows import Report
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.web.browsers import Answer, Browser
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms

Both = tuple[Browser, Browser]
READER = Reader(member_id=77, server_id=SERVER)


async def filed(scenario: Scenario) -> list[Report]:
    """The reports of the server, as somebody reads them who is in none, once they cannot be undone any more."""
    return list(await scenario.store.report_desk.list_open(READER, scenario.clock.now() + UNDO_REPORT_FOR))


async def blocked(scenario: Scenario) -> list[int]:
    """Whom the first member has blocked."""
    return list(await scenario.store.blocks.blocked_by(1))


async def report(browser: Browser, **sent: object) -> Answer:
    """File a report, or add to it."""
    return await browser.post("/report", sent)


async def test_one_tap(scenario: Scenario, meeting: Meeting, inside: Both, rooms: ScriptedRooms) -> None:
    """Without a word: report, block and leave are there, and LiveKit was not needed."""
    await scenario.in_the_room(meeting)
    rooms.calls.clear()
    me, partner = inside
    answer = await report(me)
    assert answer.status == 202
    now = scenario.clock.now()
    [stored] = await filed(scenario)
    assert answer.json == {
        "number": stored.number,
        "read_by": "operator",  # nobody else is known to read reports here
        "now": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "undo_until": (now + UNDO_REPORT_FOR).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert (stored.place, stored.reason, stored.words) == (ReportPlace.ROOM, ReportReason.UNSAID, "")
    assert (stored.reporter_id, stored.reported_id, stored.match_id) == (1, 2, meeting.match_id)
    assert await blocked(scenario) == [2]
    mine, theirs = (await me.get()).json, (await partner.get()).json
    assert (mine["state"], mine["times"]["undo_until"]) == ("after", None)
    assert (theirs["state"], theirs["partner"]["left"]) == ("meeting", True)
    assert [(await me.post(path)).code for path in ("/session/undo", "/session/join-token")] == ["match_over"] * 2
    assert rooms.calls == []


async def test_who_reads_it(scenario: Scenario, inside: Both) -> None:
    """The reporter is told whether the server's admins read it, which they do unless all of them are in it."""
    record, now = scenario.store.staff_members.record, scenario.clock.now()
    await record(SERVER, 2, StaffStanding.READS, now)
    me, partner = inside
    assert (await report(me)).json["read_by"] == "operator"
    await record(SERVER, READER.member_id, StaffStanding.READS, now)
    assert (await report(partner)).json["read_by"] == "admins"


async def test_saying_more(scenario: Scenario, inside: Both) -> None:
    """A reason and words that follow belong to the same report; repeating them changes nothing."""
    me, _ = inside
    first = await report(me)
    for _ in range(2):
        again = await report(me, reason="sexual", words="  He did\n\tthis.\n\x00\ud800 ")
        assert (again.status, again.json["number"]) == (202, first.json["number"])
    await report(me, words="And that.")
    [stored] = await filed(scenario)
    assert (stored.reason, stored.words) == (ReportReason.SEXUAL, "He did\n\tthis.\nAnd that.")


UNUSABLE: tuple[dict[str, object], ...] = (
    {"reason": "boredom"},
    {"reason": None},
    {"reason": ["hate"]},
    {"words": 7},
    {"words": None},
    {"words": "x" * (WORDS_AT_MOST + 1)},
)


@pytest.mark.parametrize("sent", UNUSABLE, ids=lambda sent: str(sent)[:24])
async def test_unusable_reports(scenario: Scenario, inside: Both, sent: dict[str, object]) -> None:
    """What is no reason, or no words of ours, is refused as a whole."""
    answer = await report(inside[0], **sent)
    assert (answer.status, answer.code) == (400, "bad_request")
    assert (await filed(scenario), await blocked(scenario)) == ([], [])


async def test_the_longest_words(scenario: Scenario, inside: Both) -> None:
    """As many characters as the view says fit, in any script."""
    words = "ß" * (await inside[0].get()).json["longest_report"]
    assert (await report(inside[0], words=words)).status == 202
    assert [each.words for each in await filed(scenario)] == [words]


async def test_the_seat_comes_from_the_session(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """Whatever else the body says, the report is by the session's member; a tab of another seat files none."""
    me, partner = inside
    me.seat = partner.seat
    refused = await report(me)
    assert (refused.status, refused.code) == (409, "other_seat")
    assert await filed(scenario) == []
    me.seat = None
    await report(me, seat=meeting.seats[1], seat_id=meeting.seats[1], member=2)
    assert [each.reporter_id for each in await filed(scenario)] == [1]


@pytest.mark.parametrize("path", ["/report", "/report/undo", "/block"])
async def test_without_a_session(scenario: Scenario, meeting: Meeting, browser: Browser, path: str) -> None:
    """A browser without a session can do nothing of this."""
    answer = await browser.post(path)
    assert (answer.status, answer.code) == (401, "no_session")
    assert (await filed(scenario), await blocked(scenario)) == ([], [])


@pytest.mark.parametrize("end", [None, EndReason.DONE])
async def test_afterwards(scenario: Scenario, meeting: Meeting, inside: Both, end: EndReason | None) -> None:
    """After leaving, and after the end of the match, the same is possible for half an hour."""
    me, _ = inside
    if end is None:
        await me.leave()
    else:
        await end_match(scenario, meeting, end)
    scenario.clock.pass_time(seconds=(READ_ONLY_LIFETIME - timedelta(milliseconds=1)).total_seconds())
    assert (await report(me, reason="hate")).status == 202
    assert [each.place for each in await filed(scenario)] == [ReportPlace.OVER]
    scenario.clock.pass_time(seconds=0.001)
    assert (await report(me, words="Late.")).code == "session_ended"


async def test_a_barred_member_can_report(scenario: Scenario, inside: Both) -> None:
    """Whoever was put out of the server can still say what happened."""
    await scenario.told(1, Membership(in_server=False))
    me, _ = inside
    assert (await me.get()).code == "not_allowed"
    assert (await report(me, reason="hate")).status == 202
    assert len(await filed(scenario)) == 1


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (29.999, 200), (30, 410), (600, 410)])
async def test_undo(scenario: Scenario, inside: Both, seconds: float, status: int) -> None:
    """Within half a minute report and block are undone, and never the leave; afterwards both stand."""
    me, _ = inside
    await report(me, reason="sexual")
    scenario.clock.pass_time(seconds=seconds)
    answer = await me.post("/report/undo")
    assert (answer.status, answer.code) == (status, "" if status == 200 else "too_late")
    is_undone = status == 200
    assert (len(await filed(scenario)), await blocked(scenario)) == ((0, []) if is_undone else (1, [2]))
    assert [(await me.post(path)).code for path in ("/session/undo", "/session/join-token")] == ["match_over"] * 2
    assert (await me.post("/report/undo")).status == status


async def test_undo_of_what_never_arrived(scenario: Scenario, inside: Both) -> None:
    """The page has left the room; whether its report has arrived or not, the seat is given up."""
    me, partner = inside
    assert (await me.post("/report/undo")).status == 200
    assert ((await me.get()).json["state"], (await partner.get()).json["partner"]["left"]) == ("after", True)
    assert (await filed(scenario), await blocked(scenario)) == ([], [])


async def test_report_again_after_undo(scenario: Scenario, inside: Both) -> None:
    """Whoever has undone a report can file one."""
    me, _ = inside
    await report(me)
    await me.post("/report/undo")
    assert (await report(me, reason="hate")).status == 202
    assert ([each.reason for each in await filed(scenario)], await blocked(scenario)) == ([ReportReason.HATE], [2])


async def test_a_closed_report(scenario: Scenario, inside: Both) -> None:
    """Nothing can be added once it is decided; whoever tries is out and apart from the other all the same."""
    me, _ = inside
    await report(me)
    [stored] = await filed(scenario)
    scenario.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    verdict = Verdict(decision=Decision.CLOSE, rule=1, sentence="It was a misunderstanding.")
    desk, now = scenario.store.report_desk, scenario.clock.now()
    assert await desk.decide(stored.id, READER, verdict, verdict_id=new_id(scenario.clock), now=now)
    await scenario.store.blocks.remove(1, 2)
    answer = await report(me, words="One thing more.")
    assert (answer.status, answer.code) == (410, "report_closed")
    assert await blocked(scenario) == [2]


async def test_block(scenario: Scenario, inside: Both) -> None:
    """Leaves for good and blocks, also when repeated; nobody gets a report."""
    me, partner = inside
    for _ in range(2):
        assert (await me.post("/block")).status == 202
    assert (await blocked(scenario), await filed(scenario)) == ([2], [])
    view = (await me.get()).json
    assert (view["state"], view["times"]["undo_until"]) == ("after", None)
    assert (await partner.get()).json["partner"]["left"] is True
