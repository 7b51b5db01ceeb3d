"""A server on paper: what the sandbox's page is told and asked, with nothing behind it. For tests of the page alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.test_utils import TestServer

from bot.sandbox.event_feed import EventFeed
from bot.sandbox.page_server import ActionRefused, create_page_app

Json = dict[str, object]

BOT: Json = {"id": "1", "name": "Hey Buddy", "bot": True}
PEOPLE = {"alice": "11", "bob": "12", "noor": "13", "dana": "19"}
STUDY, STAFF = "101", "103"
COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6


def person(key: str) -> Json:
    return {
        "id": PEOPLE[key], "key": key, "name": key.title(), "admin": key == "dana", "locale": "en-US", "closed": False,
    }  # fmt: skip


def direct(key: str) -> str:
    """The id of `key`'s direct messages."""
    return f"2{PEOPLE[key]}"


def channels() -> list[Json]:
    everybody = list(PEOPLE.values())
    return [
        {"id": STUDY, "type": 0, "name": "study", "topic": "Find somebody to study with", "readers": everybody},
        {"id": "102", "type": 0, "name": "study-hall", "readers": everybody},
        {"id": STAFF, "type": 0, "name": "staff", "locked": True, "readers": [PEOPLE["dana"]]},
        *({"id": direct(key), "type": 1, "direct": True, "readers": [PEOPLE[key]]} for key in PEOPLE),
    ]


def option(kind: int, name: str, **more: object) -> Json:
    return {"type": kind, "name": name, "description": f"about {name}", **more}


COMMANDS: list[Json] = [
    {
        "name": "study",
        "options": [
            option(
                1,
                "now",
                options=[
                    option(3, "subject", autocomplete=True),
                    option(3, "length", autocomplete=True),
                    option(
                        3, "style", choices=[{"name": "Quiet", "value": "quiet"}, {"name": "Talk", "value": "talk"}]
                    ),
                    option(4, "wait", min_value=1, max_value=60),
                ],
            ),
            option(1, "block", options=[option(6, "member", required=True)]),
        ],
    },
    {"name": "buddy", "default_member_permissions": "32", "options": [option(1, "setup")]},
]
MODAL: Json = {
    "id": "77",
    "title": "Change your wishes",
    "components": [
        {"type": 18, "label": "Subject", "component": {"type": 3, "custom_id": "subject", "options": [
            {"label": "Maths", "value": "maths"}, {"label": "Physics", "value": "physics"}]}},
        {"type": 18, "label": "Style", "component": {"type": 21, "custom_id": "style", "options": [
            {"label": "Quiet", "value": "quiet", "default": True}, {"label": "Talk", "value": "talk"}]}},
        {"type": 18, "label": "Lengths", "component": {"type": 22, "custom_id": "lengths", "options": [
            {"label": "25 minutes", "value": "25"}, {"label": "50 minutes", "value": "50", "default": True}]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "wait", "style": 1, "label": "Wait", "max_length": 3}]},
    ],
}  # fmt: skip


def words(text: str) -> Json:
    return {"type": 10, "content": text}


def button(label: str, style: int = 2) -> Json:
    return {"type": 2, "style": style, "label": label, "custom_id": label}


def card(*components: Json) -> list[Json]:
    return [{"type": 17, "accent_color": 0x1F7A4D, "components": list(components)}]


@dataclass
class ScriptedSandbox:
    """Tells the page about a server, and notes what it is asked."""

    asked: list[tuple[str, Json]] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    slow: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self._news = asyncio.Event()
        self.feed = EventFeed(lambda: [{"snapshot": self.snapshot()}, {"messages": self.messages}])

    def snapshot(self) -> Json:
        return {
            "server": {"id": "9", "name": "Study Hall"},
            "bot": BOT,
            "web": "http://localhost:8766",
            "people": [person(key) for key in PEOPLE],
            "channels": channels(),
            "roles": [{"id": "301", "name": "Students"}],
            "commands": COMMANDS,
            "statuses": {
                "bot": {"state": "ok", "text": "connected"},
                "web": {"state": "ok", "text": "answering"},
                "video": {"state": "bad", "text": "no LiveKit server"},
            },
        }

    def write(self, channel: str, *, to: str | None = None, **more: object) -> str:
        """The bot writes into `channel`, for `to` alone where one is named; answers the message's id."""
        at = f"2026-05-04T16:{len(self.messages):02}:00+00:00"
        message: Json = {"id": str(1000 + len(self.messages)), "channel_id": channel, "author": BOT, "timestamp": at}
        message |= {"flags": EPHEMERAL if to else 0, "reader": PEOPLE[to] if to else None} | more
        self.messages.append(message)
        self.feed.publish({"message": message})
        return str(message["id"])

    def edit(self, message_id: str, **more: object) -> None:
        """The bot changes a message."""
        message = next(message for message in self.messages if message["id"] == message_id)
        message |= more
        self.feed.publish({"message": message})

    async def is_asked(self, action: str, body: Json) -> None:
        """Return when the page has asked for this; it may still be on its way."""
        async with asyncio.timeout(5):
            while (action, body) not in self.asked:
                self._news.clear()
                await self._news.wait()

    async def _act(self, action: str, body: Json) -> Json:
        self.asked.append((action, body))
        self._news.set()
        if self.slow:
            await self.slow.wait()
        if action in self.refused:
            raise ActionRefused(self.refused[action])
        return self.answers.get(action, {})

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """The page's address for as long as the block lasts."""
        names = ("say", "command", "complete", "press", "submit", "dismiss", "direct-messages", "restart")
        actions = {name: lambda body, name=name: self._act(name, body) for name in names}
        server = TestServer(create_page_app(actions, self.feed))
        await server.start_server(shutdown_timeout=0.2)
        try:
            yield f"http://localhost:{server.port}/"
        finally:
            await server.close()
