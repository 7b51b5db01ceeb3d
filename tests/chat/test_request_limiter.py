"""Requests are paced by share when they are sent, over real sockets; answers to interactions never wait."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import suppress
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.chat import request_limiter
from bot.chat.discord_limits import ALLOWED_TO_BOT, MAX_INVALID_REQUESTS, RESERVED, Share
from bot.chat.request_limiter import LONGEST_STOP, NotDiscord, RequestLimiter, seconds_to_wait
from bot.chat.request_queue import HeldBack
from bot.chat.request_window import A_SECOND, LONGEST_WAY
from tests.chat.answering_server import BOT, Answering, answering
from tests.chat.pacing_clocks import FastClock
from tests.clocks import START, VirtualClock
from tests.polling import TIMEOUT, until

DISCORDS_LIMIT = 50


@pytest.fixture
async def server() -> AsyncIterator[Answering]:
    async with answering(FastClock()) as made:
        yield made


def refuse(status: int, *, page: bool = False, **headers: str) -> Callable[[], web.Response]:
    """A refusal, as Discord sends it or as a page."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = "text/html" if page else "application/json"
    return lambda: web.Response(status=status, text="{}", content_type=kind, headers=named)


async def test_shares_do_not_hold_up_each_other(server: Answering) -> None:
    """Questions about members pass while the courier's queue is long."""
    courier = [asyncio.create_task(server.send()) for _ in range(100)]
    members = [asyncio.create_task(server.send(share=Share.MEMBERS)) for _ in range(10)]
    await asyncio.gather(*members)
    assert sum(not task.done() for task in courier) > 10
    await asyncio.gather(*courier)


async def test_a_stalled_process_does_not_catch_up(server: Answering) -> None:
    """What could not be sent during a stall is not sent on top of what follows: requests count when they are sent."""
    await asyncio.gather(*(server.send() for _ in range(20)))
    server.clock.pass_time(seconds=60)
    server.limiter.let_go.clear()
    await asyncio.gather(*(server.send() for _ in range(60)))
    sent = server.limiter.let_go
    assert sum(each < sent[0] + timedelta(seconds=1) for each in sent) <= ALLOWED_TO_BOT.per_second
    assert len(sent) == 60


@pytest.mark.parametrize(("is_silent", "apart"), [(True, LONGEST_WAY + A_SECOND), (False, A_SECOND)])
async def test_what_discord_may_not_have_counted_yet_leaves_less_room(
    server: Answering, monkeypatch: pytest.MonkeyPatch, is_silent: bool, apart: float
) -> None:
    """A request may arrive late: the next waits for its answer as well, and for one that never comes a while."""

    async def have_come() -> bool:
        return len(server.seen) == 2

    monkeypatch.setattr(request_limiter, "LEFT_FOR_BUNCHES", 1 - ALLOWED_TO_BOT.per_second)
    server.silent = "headers" if is_silent else ""
    requests = [asyncio.create_task(server.send()) for _ in range(2)]
    await until(have_come)
    first, second = server.limiter.let_go
    assert (second - first).total_seconds() >= apart
    for request in requests:
        request.cancel()
    await asyncio.wait(requests)


async def test_a_deadline_stands_still_while_a_request_waits_for_its_turn(
    server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the pace of this process is: only what Discord itself takes counts, and a silent one runs out."""
    ends: list[float | None] = []

    async def wait_for_slot(_: Hashable) -> None:
        ends.append(deadline.when())

    monkeypatch.setattr(server.limiter, "wait_for_slot", wait_for_slot)
    async with asyncio.timeout(TIMEOUT) as deadline:
        ends.append(deadline.when())
        assert await server.send(share=Share.MEMBERS, deadline=deadline) == 200
        ends.append(deadline.when())
    first, during, afterwards = ends
    assert (first or math.inf) <= (afterwards or 0)
    assert during is None
    server.silent = "headers"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1) as deadline:
            await server.send(share=Share.MEMBERS, deadline=deadline)


async def test_answers_to_interactions_are_never_held_back(server: Answering) -> None:
    """Neither by a queue nor by the cut-off: Discord does not count what carries a token of its own."""
    for _ in range(MAX_INVALID_REQUESTS):
        server.limiter.invalid_requests.record(403)
    with pytest.raises(HeldBack):
        await server.send()
    before = server.clock.now()
    assert [await server.send(headers={}) for _ in range(100)] == [200] * 100
    assert server.clock.now() == before
    assert {token for token, _ in server.seen} == {""}


async def test_refusals_slow_down_long_before_the_cut_off(server: Answering) -> None:
    """With half of the tolerated refusals, half the rate."""
    for _ in range(MAX_INVALID_REQUESTS // 2):
        server.limiter.invalid_requests.record(403)
    await asyncio.gather(*(server.send() for _ in range(100)))
    assert server.seconds()[-1] == pytest.approx(100 / ALLOWED_TO_BOT.per_second * 2, rel=0.1)
    assert server.limiter.stopped_because is None


async def test_a_channel_that_is_closed_to_many_does_not_silence_the_bot(server: Answering) -> None:
    """One refusal in ten for ten minutes: sending slows down and goes on."""
    sent = 0
    while server.clock.now() < START + timedelta(minutes=10):
        if sent % 10 == 0:
            server.limiter.invalid_requests.record(403)
        await server.limiter.wait_for_slot()
        sent += 1
    assert server.limiter.stopped_because is None
    assert sent > 1000


async def test_the_cut_off_stops_and_says_so(server: Answering) -> None:
    """Ten minutes later sending goes on."""
    server.responses = [refuse(403)] * 3
    for _ in range(3):
        assert await server.send() == 403
    for _ in range(MAX_INVALID_REQUESTS - 3):
        server.limiter.invalid_requests.record(429)
    with pytest.raises(HeldBack) as held:
        await server.send()
    assert 0 < held.value.retry_after <= 600
    assert len(server.seen) == 3
    assert "sending has stopped" in (server.limiter.stopped_because or "")
    server.clock.pass_time(minutes=11)
    assert server.limiter.stopped_because is None
    assert await server.send() == 200


@pytest.mark.parametrize(
    ("response", "pause"),
    [
        (refuse(429, X_RateLimit_Global="true", Retry_After="0.5"), 0.5),
        (refuse(429, X_RateLimit_Global="true", Retry_After="9"), 9),
        (refuse(429, Retry_After="5"), 0),
        (refuse(429, X_RateLimit_Scope="shared", Retry_After="5"), 0),
        (refuse(503, Retry_After="5"), 0),
    ],
    ids=["global", "longer", "one route", "shared", "down"],
)
async def test_a_global_limit_stops_everything_for_its_time(
    server: Answering, response: Callable[[], web.Response], pause: float
) -> None:
    """The limit of one route concerns that route alone, and the library waits for it."""
    server.responses = [response]
    await server.send()
    server.seen.clear()
    began = server.clock.now()
    await server.send(to="/another")
    assert (server.clock.now() - began).total_seconds() == pytest.approx(pause, abs=0.1)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_nothing_is_sent_to_an_address_before_its_time(server: Answering, status: int) -> None:
    """The library forgets the pause when its caller gives up, and does not read it with a failure of Discord's.

    Who would wait for long is told when to come back.
    """
    server.responses = [refuse(status, Retry_After="8"), refuse(status, Retry_After="25")]
    assert [await server.send() for _ in range(2)] == [status, status]
    assert server.seconds() == pytest.approx([0, 8], abs=0.1)
    with pytest.raises(HeldBack) as held:
        await server.send()
    assert held.value.retry_after == 25
    assert await server.send(to="/another") == 200
    server.clock.pass_time(seconds=25)
    assert await server.send() == 200


@pytest.mark.parametrize("scope", ["Global", "Reset"], ids=["global", "one route"])
async def test_the_longest_pause_of_several_holds(server: Answering, scope: str) -> None:
    """Requests that were under way together get answers of their own, and the shortest may come last."""
    longest, shortest = ({f"X_RateLimit_{scope}": "1", "Retry_After": seconds} for seconds in ("9", "1"))
    server.responses = [refuse(429, page=False, **longest), refuse(429, page=False, **shortest)]
    assert set(await asyncio.gather(server.send(), server.send())) == {429}
    began = server.clock.now()
    assert await server.send() == 200
    assert (server.clock.now() - began).total_seconds() == pytest.approx(9, abs=0.1)


async def test_a_refused_token_stops_everything_at_once(server: Answering) -> None:
    """Of fifty that wait for their turn the first learn it from Discord; answers to interactions go on."""
    server.responses = [refuse(401)] * 50
    sent = await asyncio.gather(*(server.send() for _ in range(50)), return_exceptions=True)
    assert len(server.seen) < 10
    assert sum(isinstance(each, HeldBack) for each in sent) == 50 - len(server.seen)
    assert server.limiter.token_refused.is_set()
    server.responses.clear()
    assert await server.send(headers={}) == 200


@pytest.mark.parametrize("answer", [refuse(401, page=True), refuse(403), refuse(200)], ids=["page", "403", "200"])
async def test_another_answer_says_nothing_of_the_token(server: Answering, answer: Callable[[], web.Response]) -> None:
    """A login page of a campus above all; and a 401 to an interaction's token is about that token."""
    server.responses = [answer, refuse(401)]
    with suppress(NotDiscord):
        await server.send()
    assert await server.send(headers={}) == 401
    assert not server.limiter.token_refused.is_set()


@pytest.mark.parametrize(("asked", "stopped"), [("30", 30), (None, 60), ("99999", LONGEST_STOP), ("soon", 60)])
async def test_a_page_of_the_protection_stops_everything(server: Answering, asked: str | None, stopped: float) -> None:
    """For as long as it says, an hour at most; callers learn when to come back, and readiness says so."""
    server.responses = [refuse(429, page=True, **({"Retry_After": asked} if asked else {}))]
    await server.send()
    with pytest.raises(HeldBack) as held:
        await server.send()
    assert held.value.retry_after == min(stopped, 60)
    told, end = server.limiter.stopped_because, server.clock.now() + timedelta(seconds=stopped)
    assert told == f"Discord asked for a pause, and sending has stopped until {end:%H:%M} UTC."
    server.clock.pass_time(seconds=stopped + 1)
    assert server.limiter.stopped_because is None
    assert await server.send() == 200


async def test_a_clock_that_is_set_back_stops_nothing(server: Answering) -> None:
    """Neither a stop nor the spacing lasts an hour longer."""
    server.responses = [refuse(429, page=True)]
    await server.send()
    server.clock.pass_time(minutes=1)
    server.clock.correct(hours=-1)
    began = server.clock.now()
    await asyncio.gather(*(server.send() for _ in range(20)))
    assert server.clock.now() - began < timedelta(seconds=1)


async def test_a_web_page_is_not_an_answer_of_discords(server: Answering) -> None:
    """A campus that wants a login answers 200 to everything."""
    server.responses = [refuse(200, page=True)]
    with pytest.raises(NotDiscord, match="wants a login first"):
        await server.send()
    assert await server.send() == 200


@pytest.mark.parametrize("headers", [BOT, {}], ids=["with the token", "of an interaction"])
@pytest.mark.parametrize("begins", [False, True], ids=["no answer", "half an answer"])
async def test_a_silent_answer_is_given_up(
    server: Answering, monkeypatch: pytest.MonkeyPatch, begins: bool, headers: dict[str, str]
) -> None:
    """Neither the login nor a message waits for minutes, and the next request has a connection of its own."""
    server.silent = "headers" if begins else "everything"
    with monkeypatch.context() as impatient:
        impatient.setattr(request_limiter, "ANSWER_WITHIN", 0.05)
        with pytest.raises((TimeoutError, aiohttp.ClientPayloadError)) as given_up:
            await server.send(headers=headers)
    assert begins or isinstance(given_up.value, TimeoutError)
    server.silent = ""
    assert await server.send(headers=headers) == 200


async def test_an_answer_in_time_is_not_cut(server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection serves the next request, whose time begins anew."""
    monkeypatch.setattr(request_limiter, "ANSWER_WITHIN", 2.0)
    server.pause = 0.55
    assert [await server.send() for _ in range(4)] == [200] * 4
    assert len(server.connections) == 1


async def test_the_gateways_connection_is_not_cut(server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays open for days, and is silent for as long as nothing happens."""
    monkeypatch.setattr(request_limiter, "ANSWER_WITHIN", 0.3)  # also for the connection to be made
    async with server.session.ws_connect(server.url.replace("/x", "/ws")) as socket:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await socket.receive()
        await socket.send_str("still here?")
        assert await socket.receive_str() == "still here?"


async def test_a_long_queue_sends_callers_away(server: Answering) -> None:
    """They learn when to come back, instead of waiting beyond their own timeout."""
    clock = VirtualClock()
    limiter = RequestLimiter(clock)
    rate = RESERVED[Share.OTHER].per_second
    waiting = [asyncio.create_task(limiter.wait_for_slot()) for _ in range(10 * rate + RESERVED[Share.OTHER].at_once)]
    await asyncio.sleep(0)
    with pytest.raises(HeldBack) as held:
        await limiter.wait_for_slot()
    assert held.value.retry_after == pytest.approx(10, abs=1)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_a_cancelled_caller_leaves_no_gap() -> None:
    """Its slot and its connection go to the next."""
    async with answering(VirtualClock()) as server:
        rate = ALLOWED_TO_BOT.per_second
        await asyncio.gather(*(server.send() for _ in range(ALLOWED_TO_BOT.at_once)))
        given_up = asyncio.create_task(server.send())
        kept = asyncio.create_task(server.send())
        await server.clock.wait_for_sleeper()
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await server.clock.wait_for_sleeper()
        server.clock.pass_time(seconds=1 / rate)
        assert await kept == 200
        assert server.session.connector is not None
        assert not server.session.connector._acquired


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("1.5", 1.5),
        ("0", 0),
        (None, None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_the_time_to_wait_is_read_carefully(header: str | None, seconds: float | None) -> None:
    """Whatever a proxy sends."""
    assert seconds_to_wait(header) == seconds
