"""Internal failures become problem responses, and are logged without secrets."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.store import Store, StoreUnavailable
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import MESSAGES_URL
from tests.web.response_checks import CANARY, assert_nothing_repeated, assert_security_headers
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.problems import STATUS_BY_CODE


class BrokenStore:
    """A store whose every query fails, with a secret in the exception."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def find_by_cookie(self, *_: object) -> None:
        raise self.error

    async def find_by_token(self, *_: object) -> None:
        raise self.error


@pytest.fixture(params=[StoreUnavailable("the disk is full"), KeyError("a bug")], ids=["unavailable", "bug"])
async def broken(
    request: pytest.FixtureRequest, web_part: WebPart, store: Store, rooms: ScriptedRooms
) -> AsyncIterator[tuple[Browser, str]]:
    """A browser at a web part with a broken store, and the code it should be answered with."""
    subject = BrokenStore(request.param)
    broken_store = replace(store, browser_sessions=subject, invitations=subject)  # type: ignore[arg-type]  # by its own two methods
    async with replace(web_part, store=broken_store).serve(rooms) as site:
        browsers = Browsers(site.port)
        yield browsers.open(), "store_unavailable" if isinstance(request.param, StoreUnavailable) else "internal"
        await browsers.close()


async def test_our_own_failures(broken: tuple[Browser, str], caplog: pytest.LogCaptureFixture) -> None:
    """503 or 500 with all headers; a bug is logged without token, cookie or query string."""
    browser, code = broken
    browser.cookie = f"cookie-{CANARY}"
    for answer in [
        await browser.get(f"/session?{CANARY}"),
        await browser.post("/session", {"token": CANARY, "attempt": "00000000-0000-4000-8000-000000000001"}),
        await browser.post("/invitation/resend", {"token": CANARY}),
        await browser.inspect(CANARY),
        await browser.leave(),
    ]:
        assert (answer.status, answer.code) == (STATUS_BY_CODE[code], code)
        assert_security_headers(answer.headers)
        assert_nothing_repeated(answer)
    assert any(record.levelno == logging.ERROR for record in caplog.records) is (code == "internal")
    assert CANARY not in caplog.text


async def test_problem_page(browser: Browser) -> None:
    """A browser that asks for HTML gets a small page that shows the code."""
    answer = await browser.request("GET", f"/<script>{CANARY}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"not_found" in answer.body
    assert f'href="{MESSAGES_URL}"'.encode() in answer.body
    assert_security_headers(answer.headers)
    assert_nothing_repeated(answer)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/session"), ("GET", "/x"), ("PUT", "/session"), ("POST", "/session/undo")]
)
async def test_every_problem_leads_back_to_discord(browser: Browser, method: str, path: str) -> None:
    """To the member's direct messages, where the links are, if nothing better is known."""
    answer = await browser.request(method, path, {})
    assert (answer.code != "", answer.json["chat_url"]) == (True, MESSAGES_URL)
