"""From the bot's invitation to a ticked test meeting with real video: in a healthy server, and in broken ones.

Each fault is found and named before the button is posted, and mended by the click that the sentence names.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.domain.match import APART_FOR
from bot.domain.trial import TrialStep
from bot.sandbox.example_college import create_example_college
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server_switches import ServerSwitches
from bot.words import words_for
from tests.discord_addresses import restored_addresses
from tests.polling import until
from tests.sandbox.admin import Admin
from tests.sandbox.room_visitor import RoomVisitor
from tests.sandbox.sandbox_with_video import sandbox_with_video

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.dose]

log = logging.getLogger(__name__)

WORDS = words_for()
MOST_CLICKS, MOST_SECONDS = 14, 300
CLICKS_IN_A_MEETING = 4  # both links, and Join on both pages

SWITCHED = {
    "Hide #library from the bot": ("⛔ I can't see", "View Channel"),
    "Stop the bot writing in #library": ("⛔ I can see", "Send Messages"),
    "Hide old messages in #library from the bot": ("⛔ I can't read older messages", "Read Message History"),
    "Hide Campus (category) from everyone": ("⛔ I can't see", "View Channel"),
    "Hide app commands in #library": ("can't use app commands", "Use Application Commands"),
    "Switch /study off for everyone": ("`/study` is switched off", "Integrations"),
    "Show #staff-room to everyone": ("Reports mustn't go there", "Choose a private channel"),
    "Hide #staff-room from the bot": ("I can't see", "View Channel"),
    "Stop the bot writing in #staff-room": ("I can't write there", "Send Messages"),
    "Stop the bot attaching files in #staff-room": ("So statistics come as text", "Attach Files"),
    "Stop the bot embedding links in #staff-room": ("So reports look plain", "Embed Links"),
    "Give the bot Administrator": ("Administrator is more than I need", "Server Settings, Roles"),
}
"""A switch of the panel, and what the check says of it: what is wrong, and what to click. The click turns it back."""

TIMED_OUT = ("I'm timed out", "Remove the timeout")
IN_MAKE_TEST = {"Hide #library from the bot", "Show #staff-room to everyone"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One sandbox with real video for all cases: each has a server of its own."""
    with restored_addresses():
        async with sandbox_with_video(students=2) as sandbox:
            yield sandbox


class NewServer:
    """A server that the bot was just invited to, and an admin of it who answers what setup asks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._switches = ServerSwitches(sandbox.world)
        self.id = create_example_college(sandbox.world)
        self.admin = Admin(sandbox, "Erik", server_id=self.id, channel="staff-room")

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a switch of the panel *Server*."""
        [found] = [each.id for each in self._switches.list_switches(self.id) if each.name == name]
        self._switches.turn_switch(self.id, found, on=on)

    def time_bot_out(self, *, on: bool) -> None:
        """Time the bot out for an hour, or end that."""
        until_then = self._sandbox.clock.now() + APART_FOR if on else None
        self._sandbox.world.time_out(self.id, self._sandbox.fake_discord.backend.bot_user.id, until_then)

    async def answer_questions(self) -> None:
        """From the command to the look at everything, with what has no default."""
        admin = self.admin
        await admin.command("buddy setup")
        await admin.press("Only adults")
        await admin.press("Next")
        await admin.choose("Choose a channel", admin.channels["library"])
        await admin.choose("Choose a private channel", admin.channels["staff-room"])
        await admin.press("Next")
        await admin.choose("Choose one", "careful")
        await admin.press("Next")
        await admin.press("Next")

    async def check_until(self, holds: Callable[[str], bool]) -> None:
        """Look at what is wrong, and again if Discord's answers are not in yet."""

        async def is_so() -> bool:
            return holds(self.admin.text()) or holds(await self.admin.press("Check again"))

        await until(is_so)

    async def meet(self) -> None:
        """Post the button, send the test links, open both, and see four ticks."""
        admin = self.admin
        await admin.press("Post the button")
        await admin.press("Next")
        await admin.press("Send test links")
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(RoomVisitor(self._sandbox)) for _ in range(2)]
            for visitor, link in zip(visitors, await admin.links_of_test(), strict=True):
                await visitor.open_page(link)
                await visitor.redeem(link)
            for visitor in visitors:
                await visitor.enter()
            ticks = str(await admin.reads(WORDS("chat.trial.progress.well")))
        for step in TrialStep:
            assert f"✅ {WORDS(f'chat.trial.step.{step}')}" in ticks


@pytest.fixture
def server(sandbox: Sandbox) -> NewServer:
    return NewServer(sandbox)


def recorded(server: NewServer, began: float, *, mending: int, record: Callable[[str, object], None]) -> None:
    """Record and judge how many clicks it took, and how long."""
    setup, seconds = server.admin.clicks + mending, time.monotonic() - began
    record("setup_clicks", setup)
    record("clicks", setup + CLICKS_IN_A_MEETING)
    record("seconds", round(seconds, 1))
    log.info("%d clicks for setup, %d with the meeting, %.1f s", setup, setup + CLICKS_IN_A_MEETING, seconds)
    assert setup <= MOST_CLICKS
    assert seconds < MOST_SECONDS


async def test_in_a_healthy_server(server: NewServer, record_property: Callable[[str, object], None]) -> None:
    """Nothing keeps the button from being posted, and the meeting has its four ticks."""
    began = time.monotonic()
    await server.answer_questions()
    assert "⛔" not in server.admin.text()
    await server.meet()
    recorded(server, began, mending=0, record=record_property)


@pytest.mark.parametrize(
    "fault",
    [pytest.param(name, marks=() if name in IN_MAKE_TEST else pytest.mark.faults) for name in (*SWITCHED, "timed out")],
)
async def test_in_a_broken_server(
    server: NewServer, fault: str, record_property: Callable[[str, object], None]
) -> None:
    """The fault is there before the first question. One click in Discord mends it, one more checks again."""
    wrong, click = SWITCHED.get(fault, TIMED_OUT)

    def break_it(*, on: bool) -> None:
        if fault in SWITCHED:
            server.switch(fault, on=on)
        else:
            server.time_bot_out(on=on)

    def is_named(text: str) -> bool:
        return any(wrong in line and click in line for line in text.splitlines())

    began = time.monotonic()
    break_it(on=True)
    await server.answer_questions()
    await server.check_until(is_named)
    break_it(on=False)
    await server.check_until(lambda text: wrong not in text)
    await server.meet()
    recorded(server, began, mending=1, record=record_property)
