"""Which origins are our own page, and processes that share a machine."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.assemble import is_own_origin, serve
from bot.clock import SystemClock
from bot.config import Part, load_settings
from bot.service_manager import ServiceManager
from tests.config.test_load import REQUIRED
from tests.polling import until
from tests.ports import free_port
from tests.store.opening import open_store
from tests.store.scenario import Meeting
from tests.store.test_servers import is_recorded_open, minors_server
from tests.web.browsers import Browsers
from tests.web.conftest import meeting, rooms, web_part
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

__all__ = ["meeting", "rooms", "web_part"]


@pytest.mark.parametrize(
    ("origin", "public_url", "expected"),
    [
        ("https://study.example.org", "https://study.example.org", True),
        ("https://evil.example.org", "https://study.example.org", False),
        ("http://study.example.org", "https://study.example.org", False),
        ("https://localhost", "https://study.example.org", False),
        ("http://alice.localhost:8080", "http://localhost:8080", True),
        ("http://127.0.0.1:8080", "http://localhost:8080", True),
        ("http://[::1]:8080", "http://localhost:8080", True),
        ("http://127.0.0.1", "http://localhost", True),
        ("http://localhost:9090", "http://localhost:8080", False),
        ("https://localhost:8080", "http://localhost:8080", False),
        ("http://localhost.example.org:8080", "http://localhost:8080", False),
        ("http://localhost:8080/path", "http://localhost:8080", False),
        ("http://localhost:x", "http://localhost:8080", False),
        ("null", "http://localhost:8080", False),
    ],
)
def test_only_our_own_address_is_own_origin(origin: str, public_url: str, expected: bool) -> None:
    """On this machine all its names at the same port are our own origin; anywhere else exactly one is."""
    assert is_own_origin(origin, public_url=public_url) == expected


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Study.Example.org", "https://study.example.org"),
        ("HTTPS://study.example.org:443/", "https://study.example.org"),
        ("https://study.example.org.", "https://study.example.org"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://study。example.org:8443", "https://study.example.org:8443"),
        ("https://[2001:DB8::0:1]", "https://[2001:db8::1]"),
        ("http://LOCALHOST.:80", "http://localhost"),
        ("http://LocalHost:8080", "http://127.0.0.1:8080"),
    ],
)
async def test_a_student_joins_at_an_address_in_any_spelling(
    web_part: WebPart, rooms: ScriptedRooms, meeting: Meeting, written: str, origin: str
) -> None:
    """The browser sends the origin in its own spelling, whatever the settings say; another site's is refused."""
    public_url = load_settings(environment=REQUIRED | {"HEYBUDDY_WEB__PUBLIC_URL": written}).web.public_url
    part = replace(web_part, public_url=public_url, is_own_origin=partial(is_own_origin, public_url=public_url))
    async with part.serve(rooms) as site:
        browsers = Browsers(site.port)
        browser = browsers.open()
        browser.always = {"Origin": origin, "Host": origin.partition("://")[2], "Sec-Fetch-Site": "same-origin"}
        redeemed, joined = await browser.redeem(meeting.tokens[0]), await browser.post("/session/join-token")
        browser.always["Origin"] = "https://evil.example"
        refused = await browser.post("/session/join-token")
        await browsers.close()
    assert (redeemed.status, joined.status, refused.code) == (201, 200, "cross_site")


async def test_two_processes_with_one_port_for_metrics(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The second warns once and works all the same; with port 0 there is neither a warning nor a listener."""
    caplog.set_level(logging.INFO)
    port, stop, clock = free_port(), asyncio.Event(), SystemClock()
    ports = (port, port, 0)
    async with asyncio.TaskGroup() as group:
        for number, each in enumerate(ports, start=1):
            own = {
                "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}",
                "HEYBUDDY_OPS__PORT": str(each),
                "HEYBUDDY_OPS__SAFETY_CONTACT": "99",
            }
            process = serve(
                load_settings(environment=REQUIRED | own),
                parts=[Part.JANITOR],
                clock=clock,
                stop=stop,
                service_manager=ServiceManager({}, clock),
            )
            group.create_task(process)
            await until(lambda: is_logged(caplog, "ready: this process runs janitor", times=number))  # noqa: B023 -- now

        async def have_begun() -> bool:
            told_of_ports = [record.name for record in caplog.records].count("bot.ops")
            return told_of_ports == 2 and await is_logged(caplog, "janitor: this process leads", times=1)

        await until(have_begun)
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            text = await answer.text()
        stop.set()
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [each.partition(":")[0] for each in warnings] == ["nobody can read the metrics of this process"]
    assert [record.name for record in caplog.records].count("bot.ops") == 2, "one listens, one warns, one does neither"
    assert 'heybuddy_loop_leader{loop="janitor"} 1.0' in text
    assert "heybuddy_searches_started_total" in text
    assert "heybuddy_redemptions_total" not in text, "this process serves no page"


@pytest.mark.parametrize("allowed", [True, False])
async def test_the_operator_allows_servers_with_members_under_18(
    database: Path, caplog: pytest.LogCaptureFixture, allowed: bool
) -> None:
    """From the next start on, for a server that is set up already."""
    caplog.set_level(logging.INFO)
    url = f"sqlite:///{database}"
    async with open_store(url, minors_allowed=not allowed) as store:
        await store.servers.save(minors_server(), expected_version=0)
    stop, clock = asyncio.Event(), SystemClock()
    own = {"HEYBUDDY_PRIVACY__ALLOW_MINORS_WITHOUT_LOGIN": str(allowed), "HEYBUDDY_OPS__PORT": "0"}
    settings = load_settings(environment=REQUIRED | own | {"HEYBUDDY_STORE__DATABASE": url})
    manager = ServiceManager({}, clock)
    running = asyncio.create_task(
        serve(settings, parts=[Part.JANITOR], clock=clock, stop=stop, service_manager=manager)
    )
    await until(lambda: is_logged(caplog, "ready: this process runs janitor", times=1))
    async with open_store(url, minors_allowed=allowed) as store:
        assert await is_recorded_open(store) is allowed
    stop.set()
    await running
    contact = [line for line in caplog.messages if line.startswith("ops.safety_contact is not set")]
    assert len(contact) == 1, "whoever starts it hears that some reports reach nobody"


async def is_logged(caplog: pytest.LogCaptureFixture, line: str, *, times: int) -> bool:
    """Whether `line` was logged so many times."""
    return caplog.messages.count(line) >= times
