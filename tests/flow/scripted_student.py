"""A student who asks, clicks, meets and leaves, whatever process answers.

Each step is repeated as people and pages repeat it.
"""

import random
import re
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.flow.room_server import NotLetIn, RoomServer
from tests.polling import until
from tests.web.browsers import Answer, Browser

AGREE_ID: Final = re.compile(r"hb:agree:[\d.:]+")
LINK: Final = re.compile(r"/j#([\w-]{43})")
STEP_WITHIN: Final = 60.0  # seconds; whoever waits longer for the next step counts as lost
AGAIN: Final = frozenset({429, 503})
"""Statuses after which the page goes on by itself."""


@dataclass(kw_only=True)
class Student:
    """One member of a server with a study channel, and their browser."""

    person: Person
    channel: int
    discord: FakeDiscord
    rooms: RoomServer
    browser: Browser
    chance: random.Random
    attempt: str = field(init=False)
    seat: str = ""
    has_asked: bool = False

    def __post_init__(self) -> None:
        self.attempt = f"00000000-0000-4000-8000-{self.person.id % 10**12:012}"

    async def study(self) -> None:
        """Ask, open the link, meet the partner, and leave. Raises TimeoutError in the step in which they are lost."""
        await self._pause(6)
        await until(self._ask, within=STEP_WITHIN)
        await until(self._has_link, within=STEP_WITHIN)
        await self._pause(1)
        await until(self._redeem, within=STEP_WITHIN)
        await until(self._enter, within=STEP_WITHIN)
        await until(self._meets, within=STEP_WITHIN)
        await self._pause(2)
        await until(self._leave, within=STEP_WITHIN)

    async def _pause(self, longest: float) -> None:
        await SystemClock().sleep(self.chance.uniform(0, longest))

    async def _ask(self) -> bool:
        """Call the command until the bot has answered, and agree to the rules.

        Whoever was told that they wait never asks again.
        """
        try:
            await self.discord.call_command(self.person, self.channel, "study now")
            await until(self._is_answered, within=5)
            for message_id, agree in self._questions():
                await self.discord.use_component(self.person, self.channel, message_id, agree)
            await until(self._has_agreed, within=5)
        except (NoResponse, ImpossibleAction, TimeoutError):
            return False
        return True

    async def _is_answered(self) -> bool:
        shown = self.discord.channel_messages(self.channel, self.person)
        return any(message["components"] for message in shown) or bool(self.links())

    def _questions(self) -> list[tuple[int, str]]:
        """The messages with rules to agree to, and the buttons for that."""
        shown = self.discord.channel_messages(self.channel, self.person)
        return [(int(each["id"]), found[0]) for each in shown if (found := AGREE_ID.search(str(each)))]

    async def _has_agreed(self) -> bool:
        return not self._questions()

    def links(self) -> list[str]:
        """The tokens of all links in this student's direct messages."""
        direct = self.discord.channel_messages(self.discord.direct_channel_id(self.person))
        return [token for message in direct for token in LINK.findall(str(message))]

    async def _has_link(self) -> bool:
        return bool(self.links())

    async def _redeem(self) -> bool:
        answer = await self._request("POST", "/session", {"token": self.links()[-1], "attempt": self.attempt})
        if answer is None:
            return False
        assert answer.status in {200, 201}, answer.body
        self.seat = self.browser.seat = answer.json["seat"]
        return True

    async def _enter(self) -> bool:
        answer = await self._request("POST", "/session/join-token", {})
        if answer is None:
            return False
        assert answer.status == 200, answer.body
        try:
            self.rooms.join(answer.json["token"])
        except NotLetIn:
            return False
        return True

    async def _meets(self) -> bool:
        """The page shows that both are in, or have been: the partner may have left already."""
        view = await self._view()
        return view is not None and view["state"] in {"meeting", "ended"}

    async def _leave(self) -> bool:
        answer = await self._request("DELETE", "/session", {})
        return answer is not None and answer.status in {204, 410}

    async def _view(self) -> Any:
        answer = await self._request("GET", "/session", None)
        return answer.json if answer is not None and answer.status == 200 else None

    async def _request(self, method: str, path: str, sent: object) -> Answer | None:
        """The answer of one of the processes; None if that is to be asked again."""
        try:
            answer = await self.browser.request(method, path, sent)
        except (aiohttp.ClientError, TimeoutError):
            return None  # the process is gone, perhaps after it did what was asked
        if answer.status in AGAIN:
            await SystemClock().sleep(0.3)
            return None
        return answer
