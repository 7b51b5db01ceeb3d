"""A door on a free port of this machine: real sockets, a real store, rooms by script, a clock that stands still."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Store
from tests.clocks import VirtualClock
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers, listen
from tests.web.scripted_rooms import ScriptedRooms
from web.app import Door, create_runner
from web.pages import Pages

PUBLIC_URL = "https://study.example"
CHAT_URL = "https://discord.example/channels"
PROXY = "127.9.9.9"


@pytest.fixture
async def rooms() -> ScriptedRooms:
    return ScriptedRooms()


@pytest.fixture(scope="session")
def pages() -> Pages:
    return Pages()


@pytest.fixture
def door(store: Store, rooms: ScriptedRooms, pages: Pages, clock: VirtualClock) -> Door:
    return Door(
        store=store,
        rooms=rooms,
        pages=pages,
        clock=clock,
        session_secret=b"s" * 32,
        public_url=PUBLIC_URL,
        is_ours=PUBLIC_URL.__eq__,
        chat_url=CHAT_URL,
        trusted_proxies=(PROXY,),
        checks={"store": store.check, "video": rooms.check},
    )


@pytest.fixture
async def browsers(door: Door, rooms: ScriptedRooms) -> AsyncIterator[Browsers]:
    """Whatever opens browsers at the door."""
    runner = create_runner(door)
    opened = Browsers(await listen(runner))
    yield opened
    rooms.made.set()
    await opened.close()
    await runner.cleanup()


@pytest.fixture
async def browser(browsers: Browsers) -> Browser:
    return browsers.open()


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """Members 1 and 2 are invited."""
    return await scenario.matched(1, 2)


@pytest.fixture
async def inside(browsers: Browsers, meeting: Meeting) -> tuple[Browser, Browser]:
    """The browsers of both, with their sessions."""
    both = (browsers.open(), browsers.open())
    for browser, token in zip(both, meeting.tokens, strict=True):
        assert (await browser.redeem(token)).status == 201
    return both
