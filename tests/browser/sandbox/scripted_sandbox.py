"""A sandbox without a bot, for tests of the page alone: sends scripted state and records the page's requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.test_utils import TestServer

from bot.sandbox.event_feed import EventFeed
from bot.sandbox.page_server import ActionRefused, create_page_app
from tests.polling import TIMEOUT

Json = dict[str, object]

BOT: Json = {"id": "1", "name": "Hey Buddy", "bot": True}
PEOPLE = {"alice": "11", "bob": "12", "noor": "13", "dana": "19", "jonas": "20", "zoe": "21"}
MEMBERS = ("alice", "bob", "noor", "dana", "jonas")  # of the first server
ADMINS = ("dana", "jonas")
SERVER, COLLEGE = "9", "10"
STUDY, STAFF = "101", "103"
COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6


def person(key: str) -> Json:
    return {
        "id": PEOPLE[key], "key": key, "name": key.title(), "admin": key in ADMINS, "locale": "en-US", "closed": False,
    }  # fmt: skip


def direct(key: str) -> str:
    """The id of the channel of a person's direct messages."""
    return f"2{PEOPLE[key]}"


def offered(key: str) -> dict[str, list[str]]:
    """The ids of the commands that a person is offered, by the person's id."""
    return {PEOPLE[key]: ["401", "402", "403"] if key in ADMINS else ["401", "403"]}


def channels() -> list[Json]:
    commands = {person: ids for key in PEOPLE for person, ids in offered(key).items()}
    everybody, text = [PEOPLE[key] for key in MEMBERS], {"type": 0, "server": SERVER, "commands": commands}
    return [
        {**text, "id": STUDY, "name": "study", "topic": "Find someone to study with", "readers": everybody},
        {**text, "id": "102", "name": "study-hall", "readers": everybody},
        {**text, "id": STAFF, "name": "staff", "locked": True, "readers": [PEOPLE[key] for key in ADMINS]},
        {"id": "110", "type": 4, "server": COLLEGE, "name": "Campus", "readers": [PEOPLE["zoe"]], "commands": {}},
        {**text, "id": "111", "server": COLLEGE, "category": "110", "name": "library", "readers": [PEOPLE["zoe"]]},
        *(
            {"id": direct(key), "type": 1, "direct": True, "readers": [PEOPLE[key]], "commands": {PEOPLE[key]: ["401"]}}
            for key in PEOPLE
        ),
    ]


def member(*roles: str, admin: bool = False) -> Json:
    return {
        "roles": list(roles), "admin": admin, "timed_out_until": None,
        "joined_at": "2026-05-01T12:00:00+00:00", "account_made_at": "2025-05-01T12:00:00+00:00",
    }  # fmt: skip


def switch(id_: str, name: str, *, group: str = "#study", on: bool = False) -> Json:
    return {"id": id_, "group": group, "name": name, "on": on}


def servers() -> list[Json]:
    students = {PEOPLE[key]: member() for key in MEMBERS}
    admins = {PEOPLE[key]: member("302", admin=True) for key in ADMINS}
    switches = [
        switch("a", "Show the bot the audit log", group="Whole server"),
        switch("b", "Hide #study from the bot"),
        switch("c", "Stop the bot writing in #study", on=True),
        switch("401", "Switch /study off for everyone", group="App commands"),
    ]
    common: Json = {"has_bot": True, "banned": [], "switches": switches}
    bot = {"1": member()}
    return [
        {**common, "id": SERVER, "name": "Study Hall", "members": {**students, **admins, **bot}},
        {**common, "id": COLLEGE, "name": "College", "members": {PEOPLE["zoe"]: member("303"), **bot}},
    ]


def option(kind: int, name: str, **more: object) -> Json:
    return {"type": kind, "name": name, "description": f"about {name}", **more}


COMMANDS: list[Json] = [
    {
        "id": "401",
        "name": "study",
        "options": [
            option(
                1,
                "now",
                options=[
                    option(3, "subject", autocomplete=True, max_length=100),
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
    {"id": "403", "name": "Report a member", "type": 2},
    {"id": "402", "name": "buddy", "options": [option(1, "setup"), option(1, "stats")]},
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


def text_display(text: str) -> Json:
    return {"type": 10, "content": text}


def button(label: str, style: int = 2) -> Json:
    return {"type": 2, "style": style, "label": label, "custom_id": label}


def card(*components: Json) -> list[Json]:
    return [{"type": 17, "accent_color": 0x1F7A4D, "components": list(components)}]


SELECT = {"type": 3, "custom_id": "topics", "placeholder": "Choose topics", "min_values": 1, "max_values": 2} | {
    "options": [{"label": name, "value": name.lower()} for name in ("Maths", "Physics", "Biology")]
}
INVITATION = card(
    text_display("### You're matched with Noor\nYou both want quiet maths.\n-# This link is only for you."),
    {
        "type": 1,
        "components": [
            {"type": 2, "style": 5, "label": "Open the room", "url": "http://localhost:8766/j#secret"},
            button("I can't make it"),
        ],
    },
    {"type": 14},
    text_display("-# Be kind."),
)


@dataclass
class ScriptedSandbox:
    """Serves the page with a scripted server.

    `requests`: the actions so far. `answers` and `refusals`: what an action returns, or why it fails, by its name. With
    `release_answers` no action returns until that event is set.
    """

    requests: list[tuple[str, Json]] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    release_answers: asyncio.Event | None = None
    ahead_ms: int = 0
    apart: list[Json] = field(default_factory=list)
    careful: dict[str, bool] = field(default_factory=lambda: {SERVER: False})
    reported_from: list[str] = field(default_factory=list)
    servers: list[Json] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._has_news = asyncio.Event()
        self.feed = EventFeed(lambda: [{"snapshot": self.snapshot()}, {"messages": self.messages}])

    def snapshot(self) -> Json:
        return {
            "bot": BOT,
            "web": "http://localhost:8766",
            "servers": self.servers or servers(),
            "people": [person(key) for key in PEOPLE],
            "channels": channels(),
            "roles": [
                {"id": "301", "name": "Students", "server": SERVER},
                {"id": "302", "name": "Staff", "server": SERVER},
                {"id": "303", "name": "Under 18", "server": COLLEGE},
                {"id": SERVER, "name": "everyone", "server": SERVER, "fixed": True},
            ],
            "commands": COMMANDS,
            "statuses": {
                "bot": {"state": "ok", "text": "connected"},
                "web": {"state": "ok", "text": "answering"},
                "video": {"state": "bad", "text": "no LiveKit server"},
            },
            "ahead_ms": self.ahead_ms,
            "apart": self.apart,
            "careful": self.careful,
            "reported_from": self.reported_from,
        }

    def write_message(self, channel: str, *, to: str | None = None, **more: object) -> str:
        """Let the bot post into `channel`, ephemeral for the person `to` if given. Returns the message's id."""
        at = f"2026-05-04T16:{len(self.messages):02}:00+00:00"
        message: Json = {"id": str(1000 + len(self.messages)), "channel_id": channel, "author": BOT, "timestamp": at}
        message |= {"flags": EPHEMERAL if to else 0, "reader": PEOPLE[to] if to else None} | more
        self.messages.append(message)
        self.feed.publish({"message": message})
        return str(message["id"])

    def edit_message(self, message_id: str, **more: object) -> None:
        """Let the bot edit a message."""
        message = next(message for message in self.messages if message["id"] == message_id)
        message |= more
        self.feed.publish({"message": message})

    async def wait_for_request(self, action: str, body: Json) -> None:
        """Wait until the page has sent this request."""
        async with asyncio.timeout(TIMEOUT):
            while (action, body) not in self.requests:
                self._has_news.clear()
                await self._has_news.wait()

    async def _act(self, action: str, body: Json) -> Json:
        self.requests.append((action, body))
        self._has_news.set()
        if self.release_answers:
            await self.release_answers.wait()
        if action in self.refusals:
            raise ActionRefused(self.refusals[action])
        return self.answers.get(action, {})

    @asynccontextmanager
    async def serve_page(self) -> AsyncIterator[str]:
        """Serve the page for as long as the block lasts; yields its address."""
        names = (
            *("say", "command", "complete", "press", "submit", "dismiss", "direct-messages", "restart", "hour", "menu"),
            "careful",
            *("join", "kick", "ban", "unban", "role", "time-out", "invite-bot", "remove-bot", "switch"),
            *("add-channel", "add-role", "rename", "delete"),
        )
        actions = {name: lambda body, name=name: self._act(name, body) for name in names}
        server = TestServer(create_page_app(actions, self.feed, read_attachment=self.attachments.get))
        await server.start_server(shutdown_timeout=0.2)
        try:
            yield f"http://localhost:{server.port}/"
        finally:
            await server.close()
