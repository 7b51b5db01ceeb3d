"""A check goes the members' way to a real LiveKit server, and says whose side each fault is on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api

from bot.sandbox.livekit_server import LiveKitServer
from tests.check.installation import SHORT_WAIT, Place, address_of, faults, try_video
from tests.check.livekit_variants import running_livekit
from tests.check.proxies import proxy_without_upgrade
from tests.web.token_times import shift_token_times

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> Place:
    return Place()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def livekit(place: Place) -> AsyncIterator[LiveKitServer]:
    """A server that is configured as it should be."""
    async with running_livekit(place.webhook_url) as server:
        yield server


async def test_a_correct_installation(place: Place, livekit: LiveKitServer) -> None:
    """A browser is let in by WebSocket, the API works, and an event comes back, before `heybuddy run` runs."""
    findings = await try_video(place, address_of(livekit))
    assert {finding.subject: finding.ok for finding in findings} == {
        "livekit.url": True,
        "webhook": True,
    }


async def test_the_room_of_a_check_does_not_stay(place: Place, livekit: LiveKitServer) -> None:
    """It is deleted whether or not something is wrong."""
    await try_video(place, address_of(livekit))
    assert await rooms_of(livekit) == []


async def rooms_of(server: LiveKitServer) -> list[str]:
    """The names of the rooms at a server."""
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit_api:
        return [room.name for room in (await livekit_api.room.list_rooms(api.ListRoomsRequest())).rooms]


@pytest.mark.parametrize(
    ("changed", "subject", "said"),
    [
        ({"api_key": "another"}, "livekit.api_key", "LiveKit doesn't know livekit.api_key"),
        ({"api_secret": "y" * 32}, "livekit.api_secret", "livekit.api_secret doesn't belong to it"),
        ({"url": "ws://127.0.0.1:1"}, "livekit.url", "can't be reached at livekit.url: nothing listens there"),
        ({"api_url": "http://127.0.0.1:1"}, "livekit.api_url", "can't be reached at livekit.api_url: nothing listens"),
        ({"url": "ws://nowhere.invalid"}, "livekit.url", "DNS doesn't"),
    ],
)
async def test_a_wrong_setting_is_the_only_fault(
    place: Place, livekit: LiveKitServer, changed: dict[str, str], subject: str, said: str
) -> None:
    """It is named once, and nothing else is blamed."""
    found = faults(await try_video(place, replace(address_of(livekit), **changed)))
    assert found.keys() == {subject}
    assert said in found[subject]


@pytest.mark.parametrize(("ours", "relation"), [(70, "is behind"), (-12 * 60, "is ahead of")])
async def test_a_clock_that_is_off_is_not_a_wrong_key(
    place: Place, livekit: LiveKitServer, monkeypatch: pytest.MonkeyPatch, ours: int, relation: str
) -> None:
    """LiveKit refuses our tokens, and the clocks are named."""
    shift_token_times(monkeypatch, timedelta(seconds=ours))
    found = faults(await try_video(place, address_of(livekit), patience=SHORT_WAIT))
    assert f"LiveKit's clock {relation} this machine's" in found["clocks"]
    assert not {"livekit.api_key", "livekit.api_secret", "livekit.url"} & found.keys()


async def test_a_proxy_that_passes_no_websockets_on(place: Place, livekit: LiveKitServer) -> None:
    """Plain HTTP works through it, so only the handshake shows it."""
    address = address_of(livekit)
    async with proxy_without_upgrade(address.api_url) as proxy:
        found = faults(await try_video(place, replace(address, url=proxy.replace("http", "ws", 1))))
    assert found.keys() == {"livekit.url"}
    assert "have the proxy forward Upgrade and Connection" in found["livekit.url"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, "something other than LiveKit answers at livekit.url (status 200)"),
        (404, "something other than LiveKit answers at livekit.url (status 404)"),
        (403, "something other than LiveKit answers at livekit.url (status 403)"),
        (502, "a proxy answers at livekit.url (status 502), but doesn't reach LiveKit"),
    ],
)
async def test_something_else_at_livekits_address(place: Place, livekit: LiveKitServer, status: int, said: str) -> None:
    """Another site, a forbidding proxy and one that does not reach LiveKit are told apart."""

    def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<h1>Hello</h1>", content_type="text/html")

    address = address_of(livekit)
    async with proxy_without_upgrade(address.api_url, answer_first=answer) as other:
        found = faults(await try_video(place, replace(address, url=other.replace("http", "ws", 1))))
    assert said in found["livekit.url"]


async def test_a_room_for_whoever_comes(place: Place) -> None:
    """A server that makes rooms by itself would let old tokens in."""
    async with running_livekit(place.webhook_url, room={"auto_create": True}) as server:
        found = faults(await try_video(place, address_of(server)))
    assert found.keys() == {"livekit.url"}
    assert "set room.auto_create to false" in found["livekit.url"]


async def test_two_different_servers(place: Place, livekit: LiveKitServer) -> None:
    """Browsers are sent to another server than the one where rooms are made."""
    keys = {livekit.api_key: livekit.api_secret}
    async with running_livekit("http://127.0.0.1:9", keys=keys, webhook=None) as other:
        found = faults(await try_video(place, replace(address_of(livekit), url=other.url)))
    assert "another LiveKit answers here than at livekit.api_url, where rooms are made" in found["livekit.url"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ws://127.0.0.1:7880", "can only be reached from this machine"),
        ("ws://localhost:7880", "can only be reached from this machine"),
        ("wss://10.1.2.3", "can only be reached from a private network"),
        ("wss://[fd00::1]", "can only be reached from a private network"),
    ],
)
async def test_an_address_that_browsers_cannot_reach(place: Place, livekit: LiveKitServer, url: str, said: str) -> None:
    """A page for everybody needs a LiveKit for everybody, even if this machine reaches it."""
    address = replace(address_of(livekit), url=url)
    found = faults(await try_video(place, address, public_url="https://study.invalid", patience=SHORT_WAIT))
    assert said in found["livekit.url"]
