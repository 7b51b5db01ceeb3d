"""The web part on a free port: real sockets, a real store, scripted rooms, a clock that the test moves."""

from collections.abc import AsyncIterator

import pytest

from bot.clock import Clock
from bot.leader_loop import Leadership
from bot.metrics import Metrics
from bot.readiness import Readiness
from bot.store import Store
from tests.clocks import VirtualClock
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.scripted_rooms import ScriptedRooms
from tests.web.webhooks import WebhookSender
from web.part import WebPart

PUBLIC_URL = "https://study.example"
CHAT_URL = "https://discord.example/channels"
MESSAGES_URL = f"{CHAT_URL}/@me"
PROXY = "127.9.9.9"


@pytest.fixture
async def rooms() -> ScriptedRooms:
    return ScriptedRooms()


def make_web_part(store: Store, clock: Clock, holder: str = "test", metrics: Metrics | None = None) -> WebPart:
    """The web part over `store`, not yet serving."""
    return WebPart(
        store=store,
        clock=clock,
        leadership=Leadership(leases=store.leases, clock=clock, name="rooms", holder=holder),
        session_secret=b"s" * 32,
        public_url=PUBLIC_URL,
        host="127.0.0.1",
        port=0,
        trusted_proxies=(PROXY,),
        livekit=None,
        is_own_origin=PUBLIC_URL.__eq__,
        chat_url=CHAT_URL,
        readiness=Readiness(store=store, clock=clock, holder=holder),
        max_connections=1000,
        metrics=metrics or Metrics(),
    )


@pytest.fixture
def web_part(store: Store, clock: VirtualClock, metrics: Metrics) -> WebPart:
    return make_web_part(store, clock, metrics=metrics)


@pytest.fixture
async def browsers(web_part: WebPart, rooms: ScriptedRooms) -> AsyncIterator[Browsers]:
    """Opens browsers at the running web part."""
    async with web_part.serve(rooms) as site:
        opened = Browsers(site.port)
        yield opened
        rooms.creation_allowed.set()
        await opened.close()


@pytest.fixture
async def other_page(second_store: Store, clock: VirtualClock, rooms: ScriptedRooms) -> AsyncIterator[Browsers]:
    """Opens browsers at another process with the web part, which shares the database and nothing else."""
    async with make_web_part(second_store, clock).serve(rooms) as site:
        opened = Browsers(site.port)
        yield opened
        await opened.close()


@pytest.fixture
async def browser(browsers: Browsers) -> Browser:
    return browsers.open()


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """Members 1 and 2 are matched and have been sent their links."""
    return await scenario.matched(1, 2)


@pytest.fixture
async def inside(browsers: Browsers, meeting: Meeting) -> tuple[Browser, Browser]:
    """The browsers of both, with their sessions."""
    both = (browsers.open(), browsers.open())
    for browser, token in zip(both, meeting.tokens, strict=True):
        assert (await browser.redeem(token)).status == 201
    return both


@pytest.fixture
async def webhooks(browsers: Browsers, rooms: ScriptedRooms) -> WebhookSender:
    """A sender of LiveKit's webhooks, without the headers of browsers."""
    livekit = browsers.open()
    livekit.always = {}
    return WebhookSender(browser=livekit, rooms=rooms)
