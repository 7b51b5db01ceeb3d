"""The web part as a whole: fetching pages redeems no link, no secret is logged, and a failed start is explained."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.domain.invitation import InvitationState
from bot.process import CannotStart
from tests.polling import until
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.response_checks import CANARY, JSON
from tests.web.scripted_rooms import ScriptedRooms
from web import part
from web.built_page import BuiltPage
from web.part import WebPart


@pytest.mark.parametrize("agent", ["Discordbot/2.0", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0"])
async def test_fetching_pages_spends_nothing(
    scenario: Scenario, meeting: Meeting, browser: Browser, agent: str
) -> None:
    """Crawlers may fetch every address, with the token in any place: the link still works."""
    token = meeting.tokens[0]
    for method in ("GET", "HEAD"):
        for path in ("/j", f"/j?{token}", f"/j/{token}", "/room", "/session", f"/session?token={token}"):
            await browser.request(method, path, headers={"User-Agent": agent, "Sec-Fetch-Site": "none"})
    assert (await scenario.invitation(token)).state is InvitationState.OPEN
    assert browser.cookie is None
    assert (await browser.redeem(token)).status == 201


async def test_no_secret_is_logged(
    caplog: pytest.LogCaptureFixture, meeting: Meeting, browsers: Browsers, rooms: ScriptedRooms
) -> None:
    """A whole visit, with failures, at the finest log level: no token, no cookie, no query string."""
    caplog.set_level(logging.DEBUG)
    browser = browsers.open()
    rooms.problem = "video_unreachable"
    await browser.redeem(meeting.tokens[0])
    rooms.problem = None
    await browser.redeem(meeting.tokens[0])
    join = (await browser.post("/session/join-token")).json["token"]
    await browser.get(f"/session?{CANARY}")
    await browser.request("POST", "/session", data=meeting.tokens[1].encode())
    await browsers.open().redeem(meeting.tokens[0], "00000000-0000-4000-8000-000000000002")
    await browser.post("/invitation/resend", {"token": meeting.tokens[0]})
    await browser.leave()
    logged = caplog.text
    for secret in (*meeting.tokens, browser.cookie, join, CANARY):
        assert secret
        assert secret not in logged


async def test_browser_disconnects(browsers: Browsers, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body and a closed connection are not logged as an error of ours."""
    browser = browsers.open()

    async def half() -> AsyncIterator[bytes]:
        yield b'{"token":'
        raise ConnectionAbortedError

    with pytest.raises((aiohttp.ClientError, ConnectionAbortedError)):
        await browser.http.post(f"{browser.base}/session", data=half(), headers={**JSON, **browser.always})
    assert (await browser.get()).status == 401
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_port_is_taken(web_part: WebPart, browsers: Browsers, rooms: ScriptedRooms) -> None:
    """The error says which setting to change, and nothing stays open."""
    with pytest.raises(
        CannotStart, match=rf"^web\.port: nothing can listen at 127\.0\.0\.1:{browsers.port}: another program"
    ):
        async with replace(web_part, port=browsers.port).serve(rooms):
            pytest.fail("it must not serve")


async def test_page_is_not_built(web_part: WebPart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to build the page."""
    monkeypatch.setattr(part, "BuiltPage", partial(BuiltPage, tmp_path))
    with pytest.raises(CannotStart, match="make install"):
        await web_part.run()


async def test_run(web_part: WebPart, caplog: pytest.LogCaptureFixture) -> None:
    """It serves, is not ready without video, and stops listening when it is cancelled."""
    caplog.set_level(logging.INFO)
    running = asyncio.create_task(web_part.run())

    async def is_listening() -> bool:
        return "the page listens at" in caplog.text

    await until(is_listening)
    [address] = re.findall(r"the page listens at http://127\.0\.0\.1:(\d+) and is reached at", caplog.text)
    browsers = Browsers(int(address))
    assert (await browsers.open().get("/readyz")).body == b"video\n"
    await browsers.close()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", int(address))
