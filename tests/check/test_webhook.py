"""LiveKit's webhook comes back, or the check says who is at fault: LiveKit, the proxy, or the running service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.check.database import read_note
from bot.leader_loop import Leadership
from bot.readiness import Readiness
from bot.store import SqliteInspector, Store
from tests.check.installation import CLOCK, NOTHING_COMES, SHORT_WAIT, Place, address_of, faults, try_video
from tests.check.livekit_variants import running_livekit
from tests.check.proxies import proxy_without_upgrade
from web.livekit_rooms import LiveKitServer, connect_rooms
from web.part import WebPart

pytestmark = pytest.mark.dose

SECRET = "w" * 32


@pytest.fixture
def place() -> Place:
    return Place()


@asynccontextmanager
async def service(store: Store, place: Place, livekit: LiveKitServer) -> AsyncIterator[None]:
    """The web part of `heybuddy run` at this place."""
    part = WebPart(
        store=store,
        clock=CLOCK,
        leadership=Leadership(leases=store.leases, clock=CLOCK, name="rooms", holder="test"),
        session_secret=SECRET.encode(),
        public_url=place.public_url,
        host="127.0.0.1",
        port=place.port,
        trusted_proxies=(),
        livekit=livekit,
        is_own_origin=place.public_url.__eq__,
        chat_url="https://discord.example/channels",
        readiness=Readiness(store=store, clock=CLOCK, holder="test"),
        max_connections=100,
    )
    async with aiohttp.ClientSession() as http, part.serve(connect_rooms(livekit, http)):
        yield


async def test_an_event_at_the_running_service(store: Store, database: Path, place: Place) -> None:
    """The service notes it, and the check reads the note."""
    async with running_livekit(place.webhook_url) as server, service(store, place, address_of(server)):
        findings = await try_video(place, address_of(server), read_note=partial(read_note, SqliteInspector(database)))
    assert faults(findings) == {}
    assert [finding.message for finding in findings if finding.subject == "webhook"] == ["LiveKit's events arrive"]


SILENT: Mapping[str, Mapping[str, object]] = {
    "none configured": {"webhook": None},
    "another address": {"webhook": {"api_key": "sandbox", "urls": ["http://127.0.0.1:9/livekit/webhook"]}},
}


@pytest.mark.parametrize("changes", SILENT.values(), ids=SILENT)
async def test_livekit_sends_nothing(store: Store, database: Path, place: Place, changes: Mapping[str, object]) -> None:
    """LiveKit is to blame, whether or not the service runs, because an event of our own arrives."""
    async with running_livekit("", **changes) as server:
        before = faults(await try_video(place, address_of(server), patience=NOTHING_COMES))
        async with service(store, place, address_of(server)):
            running = faults(
                await try_video(
                    place,
                    address_of(server),
                    read_note=partial(read_note, SqliteInspector(database)),
                    patience=NOTHING_COMES,
                )
            )
    for found in (before, running):
        assert found.keys() == {"webhook"}
        assert f"the way to {place.webhook_url} is open, but LiveKit sent nothing there" in found["webhook"]
    assert "the log says that a webhook was refused" in running["webhook"]


async def test_another_path(place: Place) -> None:
    """An event that comes to another path is seen, and the path is named."""
    async with running_livekit(f"{place.public_url}/webhooks") as server:
        found = faults(await try_video(place, address_of(server), patience=SHORT_WAIT))
    assert found == {"webhook": f"LiveKit sends its events to /webhooks: set webhook.urls in it to {place.webhook_url}"}


async def test_another_key(place: Place) -> None:
    """An event that another key has signed is told from no event."""
    secret = "o" * 32
    async with running_livekit(
        "", webhook={"api_key": "another", "urls": [place.webhook_url]}, keys={"another": secret, "ours": SECRET}
    ) as server:
        found = faults(
            await try_video(place, replace(address_of(server), api_key="ours", api_secret=SECRET), patience=SHORT_WAIT)
        )
    assert found.keys() == {"webhook"}
    assert "LiveKit signs its events with another key" in found["webhook"]


async def test_a_service_with_other_settings(store: Store, database: Path, place: Place) -> None:
    """A service that has not been restarted since the secret changed refuses what is signed with the new one."""
    async with (
        running_livekit("", webhook=None) as server,
        service(store, place, replace(address_of(server), api_secret="z" * 32)),
    ):
        found = faults(
            await try_video(
                place,
                address_of(server),
                read_note=partial(read_note, SqliteInspector(database)),
                patience=NOTHING_COMES,
            )
        )
    assert "restart it with these settings" in found["webhook"]


async def test_a_service_with_another_database(store: Store, tmp_path: Path, place: Place) -> None:
    """It takes the event, but the note is not where the check looks."""
    async with running_livekit(place.webhook_url) as server, service(store, place, address_of(server)):
        found = faults(
            await try_video(
                place,
                address_of(server),
                read_note=partial(read_note, SqliteInspector(tmp_path / "other.db")),
                patience=NOTHING_COMES,
            )
        )
    assert "uses another database than this check: start both" in found["webhook"]


def refuse_posts(request: web.Request) -> web.Response | None:
    """Allow only reading, as a careful proxy may."""
    return web.Response(status=405) if request.method == "POST" else None


@pytest.mark.parametrize(
    ("drop", "posts", "said"),
    [
        (frozenset(), False, "(status 405): have the proxy forward POST requests"),
        (frozenset({"authorization"}), True, "the proxy drops or changes the header Authorization"),
    ],
    ids=["no POST", "no Authorization"],
)
async def test_a_proxy_eats_the_event(place: Place, drop: frozenset[str], *, posts: bool, said: str) -> None:
    """LiveKit sends by way of a proxy that refuses the request, or loses its signature."""
    answer_first = (lambda _: None) if posts else refuse_posts
    async with (
        proxy_without_upgrade(place.public_url, answer_first=answer_first, drop=drop) as proxy,
        running_livekit(f"{proxy}/livekit/webhook") as server,
    ):
        found = faults(await try_video(place, address_of(server), public_url=proxy, patience=SHORT_WAIT))
    assert found.keys() == {"webhook"}
    assert said in found["webhook"]


async def test_nothing_answers_at_the_public_address(place: Place) -> None:
    """Without a way to the page no event can come by that way."""
    async with running_livekit("", webhook=None) as server:
        found = faults(
            await try_video(place, address_of(server), public_url="http://127.0.0.1:1", patience=NOTHING_COMES)
        )
    assert (
        "no event can arrive at http://127.0.0.1:1/livekit/webhook before web.public_url is right" in found["webhook"]
    )
