"""What the tour of the sandbox's page says about reports, done step by step: each of them shows what it promises."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.domain.match import MatchState
from bot.domain.report import UNDO_REPORT_FOR, ReportPlace
from bot.sandbox.sandbox import Sandbox
from tests.polling import until
from tests.sandbox.admin import Admin
from tests.sandbox.room_visitor import RoomVisitor
from tests.sandbox.sandbox_with_video import sandbox_with_video
from tests.sandbox.student import Student

WORDS = "He filmed me."


class Tour:
    """The people of the tour, in a sandbox with real video."""

    def __init__(self, sandbox: Sandbox, rooms: AsyncExitStack) -> None:
        self.sandbox = sandbox
        self._rooms = rooms
        self.alice, self.bob, self.noor = (Student(sandbox, name) for name in ("Alice", "Bob", "Noor"))
        server = sandbox.fake_discord.guild_id
        self.dana, self.jonas = (Admin(sandbox, name, server_id=server, channel="staff") for name in ("Dana", "Jonas"))
        self._links: set[str] = set()

    async def meet(self, one: Student, other: Student) -> tuple[RoomVisitor, RoomVisitor]:
        """Both search, follow their links, and are in the room at once."""
        for student in (one, other):
            await student.search()
        visitors = [await self._enter(student) for student in (one, other)]

        async def is_meeting() -> bool:
            return bool((await visitors[0].ask("GET", "/session"))["state"] == MatchState.MEETING)

        await until(is_meeting)
        return visitors[0], visitors[1]

    async def _enter(self, student: Student) -> RoomVisitor:
        link = await student.link(other_than=self._links)
        self._links.add(link)
        visitor = await self._rooms.enter_async_context(RoomVisitor(self.sandbox))
        await visitor.redeem(link)
        await visitor.enter()
        return visitor

    async def report_came_from(self, place: ReportPlace) -> None:
        """The page is told of a report from there, and ticks off its step."""

        async def is_told() -> bool:
            return place in self.sandbox._current_snapshot()["reported_from"]  # type: ignore[operator]  # JSON

        await until(is_told)


@pytest.fixture
async def tour(discord_addresses: None) -> AsyncIterator[Tour]:
    async with (
        sandbox_with_video(students=3) as sandbox,
        AsyncExitStack() as rooms,
    ):
        yield Tour(sandbox, rooms)


async def test_the_tour_of_reports(tour: Tour) -> None:
    """From the shield in the room to the second look; the three other ways to report; a ban, and what is kept."""
    await report_in_the_room(tour)
    await decide(tour)
    await look_a_second_time(tour)
    await report_afterwards(tour)
    await ban_and_show(tour)


async def report_in_the_room(tour: Tour) -> None:
    """Bob sees what an ordinary Leave shows."""
    alice, bob = await tour.meet(tour.alice, tour.bob)
    await alice.ask("POST", "/report", {"reason": "recorded", "words": WORDS})
    seen = await bob.ask("GET", "/session")
    assert (seen["state"], seen["partner"]["left"]) == (MatchState.MEETING, True)
    await tour.report_came_from(ReportPlace.ROOM)
    await bob.leave()


async def decide(tour: Tour) -> None:
    """The alert has number, reason and age only. Dana reads the report and warns; Bob is told at once."""
    tour.sandbox.clock.shift(UNDO_REPORT_FOR)
    alert = await tour.dana.reads("Reason: recording or threats")
    for hidden in ("Alice", "Bob", WORDS):
        assert hidden not in str(alert)
    await tour.alice.told("is with the admins of")
    assert "on hold: 1" in await tour.dana.command("reports")
    opened = await tour.dana.press("Open")
    for shown in ("from the room", "About", WORDS, "Together in the room"):
        assert shown in opened
    assert "A warning is on its way" in await tour.dana.send_form("Warn", {"rule": ["1"], "sentence": "No filming."})
    await tour.bob.told("A warning")


async def look_a_second_time(tour: Tour) -> None:
    """Bob asks for it. Dana, who decided, cannot look once Jonas is known to read reports."""
    await tour.jonas.command("reports")
    warning = await tour.bob.told("A warning")
    form = await tour.bob.press(warning, "Second look")
    await tour.bob.submit(form, {"words": "I did not."})
    await tour.dana.reads("A second look at report")
    assert "Second look, report 1" in await tour.jonas.command("reports")
    assert "I did not." in await tour.jonas.press("Open")
    assert "Taken back" in await tour.jonas.send_form("Take it back", {"sentence": "Nobody knows."})
    await tour.bob.told("It was looked at again")


async def report_afterwards(tour: Tour) -> None:
    """On the page when the time is up, below the question how it was, and with the command."""
    tour.sandbox.pass_an_hour()
    _, noor = await tour.meet(tour.alice, tour.noor)
    tour.sandbox.pass_an_hour()
    asked = await tour.alice.told("How was it with Noor?")
    await noor.ask("POST", "/report")
    await tour.report_came_from(ReportPlace.OVER)
    form = await tour.alice.press(asked, "Something was wrong")
    await tour.alice.submit(form, {"words": ""})
    await tour.report_came_from(ReportPlace.MESSAGE)
    form = await tour.bob.command("study report")
    await tour.bob.submit(form, {"words": ""})
    await tour.report_came_from(ReportPlace.COMMAND)


async def ban_and_show(tour: Tour) -> None:
    """Noor's search ends with the ban, and a new one is refused; Bob reads what is kept, not who reported him."""
    tour.sandbox.clock.shift(timedelta(hours=1))
    await tour.noor.search()
    await tour.noor.reads("Looking for a partner")
    assert "Noor" in await tour.dana.command("buddy ban", {"member": str(tour.noor.person.id), "reason": "Enough."})
    await tour.noor.command("study now")
    await tour.noor.reads("Pairing is closed for you")
    await tour.bob.command("privacy show")
    kept = await tour.bob.reads("What I keep about you")
    assert "Reports you've sent" in str(kept)
    assert "Alice" not in str(kept)
