"""Whatever stands in the way, a check names the side that is at fault and what to do there, and blames nobody else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt.api_jwt
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import check
from bot.check import Patience
from bot.clock import SystemClock
from bot.config import load_settings
from bot.sandbox.livekit_server import LiveKitServer
from tests.check import sides_of_discord, sides_of_livekit, sides_of_page
from tests.check.installation import Place, address_of
from tests.check.livekit_variants import running_livekit
from tests.check.misled import (
    API_BASE,
    LIVEKIT_URL,
    PAGE_URL,
    SECRET,
    TOKEN,
    Arrange,
    Misled,
    WebhookRelay,
    stand_in_for_discord,
)
from tests.store.opening import open_store
from tests.web.token_times import shift_token_times

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.dose]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay() -> AsyncIterator[tuple[WebhookRelay, str]]:
    """The relay, and where LiveKit sends its events to it."""
    relay, app = WebhookRelay(), web.Application()
    app.router.add_post("/{path:.*}", relay.pass_on)
    async with TestServer(app) as server:
        yield relay, str(server.make_url("/livekit/webhook"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def livekit(relay: tuple[WebhookRelay, str]) -> AsyncIterator[LiveKitServer]:
    _, address = relay
    async with running_livekit(address) as server:
        yield server


@pytest.fixture
def place(relay: tuple[WebhookRelay, str]) -> Place:
    """Where the page is in this test."""
    relay[0].place = Place()
    return relay[0].place


@pytest_asyncio.fixture(loop_scope="module")
async def misled(place: Place, livekit: LiveKitServer, tmp_path: Path) -> AsyncIterator[Misled]:
    """An installation with which every check passes; nothing runs but LiveKit and Discord."""
    database = tmp_path / "buddy.sqlite3"
    async with AsyncExitStack() as stack:
        environment = {
            "DISCORD_TOKEN": TOKEN,
            API_BASE: await stack.enter_async_context(stand_in_for_discord()),
            PAGE_URL: place.public_url,
            "HEYBUDDY_WEB__PORT": str(place.port),
            "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}",
            "SESSION_SECRET": SECRET,
            "HEYBUDDY_PRIVACY__KEY": SECRET,
            LIVEKIT_URL: livekit.url,
            "LIVEKIT_API_KEY": livekit.api_key,
            "LIVEKIT_API_SECRET": livekit.api_secret,
        }
        store = await stack.enter_async_context(open_store(f"sqlite:///{database}"))
        yield Misled(environment=environment, place=place, livekit=address_of(livekit), store=store, stack=stack)


async def found_faults(misled: Misled, patience: Patience) -> Sequence[str]:
    """Every fault that a check finds, as `subject: message`."""
    findings = await check.run_checks(
        lambda: load_settings(environment=misled.environment),
        Path("none.toml"),
        SystemClock(),
        environment={},
        patience=patience,
    )
    return [f"{finding.subject}: {finding.message}" for finding in findings if not finding.ok]


CASES = {
    f"{room}: {name}": case
    for room, cases in {
        "discord": sides_of_discord.CASES,
        "page": sides_of_page.CASES,
        "livekit": sides_of_livekit.CASES,
    }.items()
    for name, case in cases.items()
}


NO_EVENT = Patience(event_s=0.5)
STRANGE_EVENT = Patience(event_s=3.0)
SILENCE = Patience(answer_s=1.5, video_s=1.5, own_event_s=1.5, event_s=0.5, greeting_s=1.0)


def patience_for(expected: Sequence[str]) -> Patience:
    """Wait less long for what does not come, and as long as ever for everything else."""
    if any("says nothing" in line or "nothing comes through it" in line for line in expected):
        return SILENCE
    if any("sends its events to" in line for line in expected):
        return STRANGE_EVENT
    return NO_EVENT if any(line.startswith("webhook") for line in expected) else Patience()


@pytest.mark.parametrize(("arrange", "expected"), CASES.values(), ids=CASES)
async def test_the_side_at_fault_is_named(misled: Misled, arrange: Arrange, expected: Sequence[str]) -> None:
    """Each sentence begins with the setting to look at, and there is none about anything else."""
    await arrange(misled)
    found = await found_faults(misled, patience_for(expected))
    assert len(found) == len(expected), found
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start.replace("PORT", str(misled.place.port)))


def shift_verification(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Judge signatures as if the clock of whoever gets them were off by this much."""

    class ShiftedClock(datetime):
        @classmethod
        def now(cls, tz: object = UTC) -> "ShiftedClock":
            return super().now(UTC) + by

    monkeypatch.setattr(jwt.api_jwt, "datetime", ShiftedClock)


@pytest.mark.parametrize("minutes", [-3, 10])
async def test_the_clock_of_the_service(misled: Misled, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """It refuses LiveKit's events and ours for their time; neither the key nor the proxy is blamed."""
    await misled.put_before_page()
    await misled.run()
    shift_verification(monkeypatch, timedelta(minutes=minutes))
    [found] = await found_faults(misled, NO_EVENT)
    assert found == (
        "clocks: the clock of `heybuddy run` differs from this check's, so it refuses LiveKit's events: "
        "synchronise it with NTP"
    )


async def test_the_clock_of_livekit(misled: Misled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its events come, signed with our key for another time."""
    shift_token_times(monkeypatch, timedelta(seconds=-70))
    shift_verification(monkeypatch, timedelta(seconds=-70))
    [found] = await found_faults(misled, STRANGE_EVENT)
    assert found == "clocks: LiveKit's clock and this machine's differ: synchronise both with NTP"


async def test_another_key_of_livekit(misled: Misled) -> None:
    """Its events come, signed with a key that is not ours."""
    keys = {"another": "a" * 32, misled.livekit.api_key: misled.livekit.api_secret}
    signed = {"api_key": "another", "urls": [misled.place.webhook_url]}
    async with running_livekit("", keys=keys, webhook=signed) as server:
        misled.lead(LIVEKIT_URL, server.url)
        [found] = await found_faults(misled, STRANGE_EVENT)
    assert found.startswith(
        "webhook: LiveKit signs its events with another key: in its configuration, set webhook.api_key"
    )


async def test_a_signature_that_gets_lost(misled: Misled) -> None:
    """The proxy through which LiveKit's events come loses it, before the first start and after."""
    await misled.put_before_page(drop=["authorization"])
    async with running_livekit(f"{misled.environment[PAGE_URL]}/livekit/webhook") as server:
        misled.set_livekit(server)
        before = await found_faults(misled, NO_EVENT)
        await misled.run(livekit=address_of(server))
        assert before == await found_faults(misled, NO_EVENT)
    assert before == ["webhook: the proxy drops or changes the header Authorization of events: have it forward that"]
