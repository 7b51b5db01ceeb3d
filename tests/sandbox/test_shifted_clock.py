"""The sandbox's clock, and real video beside it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import aiohttp
from livekit import rtc

from bot.clock import SystemClock
from bot.domain.match import MatchState
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox
from tests.polling import until
from tests.sandbox.student import Student

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def test_the_clock_is_ahead_by_what_it_was_moved() -> None:
    """It starts with the machine's time, and two jumps add up."""
    clock, machine = ShiftedClock(), SystemClock()
    before = machine.now()
    assert before <= clock.now() <= machine.now()
    clock.shift(timedelta(hours=1))
    clock.shift(timedelta(seconds=10))
    before, shifted, after = machine.now(), clock.now(), machine.now()
    assert before <= shifted - timedelta(hours=1, seconds=10) <= after


async def test_two_meet_in_a_room_after_the_clock_was_moved() -> None:
    """LiveKit has the machine's time; it admits both, and reports them to a web part that is an hour ahead."""
    clock = ShiftedClock()
    async with (
        running_sandbox(
            ports=choose_ports(0),
            secrets=Secrets.generate(clock),
            students=2,
            environment={},
            clock=clock,
            report_progress=lambda _: None,
        ) as sandbox,
        aiohttp.ClientSession() as browser,
    ):
        sandbox.pass_an_hour()
        students = [Student(sandbox, name) for name in ("Alice", "Bob")]
        for student in students:
            await student.search()
        cookies = [await redeemed(browser, sandbox, await student.link()) for student in students]
        rooms = [rtc.Room() for _ in cookies]
        try:
            for room, cookie in zip(rooms, cookies, strict=True):
                way = await asked(browser, sandbox, "POST", "/session/join-token", cookie)
                await room.connect(way["url"], way["token"])

            async def is_meeting() -> bool:
                view = await asked(browser, sandbox, "GET", "/session", cookies[0])
                return bool(view["state"] == MatchState.MEETING)

            await until(is_meeting)
            assert await is_meeting()
        finally:
            for room in rooms:
                await room.disconnect()


async def redeemed(browser: aiohttp.ClientSession, sandbox: Sandbox, link: str) -> str:
    """Redeem a link as the page does; returns the session's cookie."""
    body = {"token": link.partition("#")[2], "attempt": str(uuid4())}
    async with browser.post(f"{sandbox.addresses.web}/session", json=body, headers=SAME_ORIGIN) as answer:
        assert answer.status == HTTPStatus.CREATED, await answer.text()
        return answer.headers["Set-Cookie"].partition(";")[0]


async def asked(browser: aiohttp.ClientSession, sandbox: Sandbox, method: str, path: str, cookie: str) -> Any:
    """The JSON that the web part answers to somebody with this cookie."""
    url, headers = f"{sandbox.addresses.web}{path}", {**SAME_ORIGIN, "Cookie": cookie}
    async with browser.request(method, url, json={} if method == "POST" else None, headers=headers) as answer:
        assert answer.status == HTTPStatus.OK, await answer.text()
        return await answer.json()
