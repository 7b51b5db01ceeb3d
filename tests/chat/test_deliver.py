"""One attempt to deliver one message: by each route, and the outcome of each kind of failure."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.chat.discord_trouble import NOT_CONNECTED, TokenRefused
from bot.chat.request_queue import HeldBack
from bot.domain.invitation import LINK_LIFETIME
from bot.domain.message import Delivered, MessageKind, NotTried, Outcome, Refused, Route, TryAgain
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import (
    MESSAGE_ID,
    answer_all,
    deliver,
    outbox_message,
    redraw_all,
    refuse_by_page,
    waiting_member,
)
from tests.chat.shown import link_of, message_of, text_of
from tests.loops.factories import make_courier
from tests.store.scenario import Scenario

CLOSED = Refused(reason="the member takes no direct messages", attempted=False)
REFUSED_429 = "Discord refuses this machine's address, or too many requests, for a while (429)"


async def test_a_direct_message_is_sent_once_and_pings_nobody(harness: ChatHarness) -> None:
    """The message's id is the nonce that keeps Discord from taking it twice; embeds are suppressed."""
    alice = await waiting_member(harness)
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    [sent] = alice.user.dm_channel.history()
    assert isinstance(outcome, Delivered)
    assert (outcome.channel_id, outcome.message_id) == (alice.user.dm_channel.id, sent.id)
    assert outcome.changes_at == harness.clock.now() + LINK_LIFETIME, "then its link has expired"
    request = harness.requests_to("/messages")[-1]
    assert (request["nonce"], request["enforce_nonce"]) == (MESSAGE_ID, True)
    assert request["allowed_mentions"] == {"parse": []}
    assert request["flags"] & 4, "embeds are suppressed"


async def test_every_try_has_the_same_link(harness: ChatHarness) -> None:
    """The link depends only on the invitation's id, not on the time or the attempt."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    first = link_of(harness.last_direct_message(alice))
    harness.clock.pass_time(minutes=5)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT, attempts=1)
    assert first is not None
    assert first.startswith("https://study.example/j#")
    assert link_of(harness.last_direct_message(alice)) == first


async def test_a_direct_channel_is_opened_once(harness: ChatHarness) -> None:
    """Opening it is a request of its own, so the store remembers it, also for the next process."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    next_chat = harness.new_chat()
    await harness.env.restart_bot(next_chat.client)
    await next_chat.deliver(outbox_message(harness, alice, MessageKind.REMINDER, Route.DIRECT))
    assert len(harness.requests_to("/users/@me/channels")) == 1
    assert len(alice.user.dm_channel.history()) == 2


async def test_a_remembered_channel_that_is_gone_is_opened_again(harness: ChatHarness) -> None:
    """Discord forgets channels; the message still arrives."""
    alice = await waiting_member(harness)
    await harness.store.members.save_dm_channel(alice.id, 4711, harness.clock.now())
    outcome = await deliver(harness, alice, MessageKind.REMINDER, Route.DIRECT)
    assert isinstance(outcome, Delivered)
    assert await harness.store.members.find_dm_channel(alice.id) == alice.user.dm_channel.id


async def test_the_waiting_card_becomes_the_invitation(harness: ChatHarness) -> None:
    """It is edited in place and has the same link as the direct message."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    await redraw_all(harness)
    assert "You're matched with Noor" in text_of(card)
    assert link_of(card) == link_of(harness.last_direct_message(alice))


async def test_an_interaction_is_used_for_fourteen_minutes(harness: ChatHarness) -> None:
    """Older tokens are about to expire, so the route is refused."""
    alice = await waiting_member(harness)
    harness.clock.pass_time(minutes=14)
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.FOLLOW_UP)
    assert outcome == Refused(reason="the member's last command is too old to be answered", attempted=False)


async def test_a_follow_up_is_seen_by_the_member_alone(harness: ChatHarness) -> None:
    """The link comes as an ephemeral message below the card."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now")
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.FOLLOW_UP)
    [private] = shown.followups
    assert isinstance(outcome, Delivered)
    assert outcome.message_id == private.id
    assert private.ephemeral
    assert link_of(private) is not None


async def test_a_mention_names_one_member_and_tells_nothing(harness: ChatHarness) -> None:
    """Others learn neither the partner nor the link; only the member is pinged."""
    alice = await waiting_member(harness)
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.MENTION)
    shown = harness.last_public_message()
    assert isinstance(outcome, Delivered)
    assert (outcome.channel_id, outcome.message_id) == (harness.study.id, shown.id)
    assert f"<@{alice.id}>" in text_of(shown)
    assert "Noor" not in text_of(shown)
    assert link_of(shown) is None
    assert harness.requests_to("/messages")[-1]["allowed_mentions"] == {"parse": ["users"]}


async def test_a_server_without_a_channel_refuses_a_mention(harness: ChatHarness) -> None:
    """There is no channel to post it in."""
    alice = harness.member("Alice")
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.MENTION)
    assert outcome == Refused(reason="the server has no study channel", attempted=False)


async def test_before_the_login_the_message_is_retried(harness: ChatHarness) -> None:
    """A courier that starts before Discord is connected loses nothing."""
    alice, chat = harness.member("Alice"), harness.new_chat()
    message = outbox_message(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert not chat.can_send()
    outcome = await chat.deliver(message)
    assert outcome == NotTried(reason=NOT_CONNECTED)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (403, 50007, Refused),
        (403, 50278, Refused),
        (404, 10003, Refused),
        (400, 50035, Refused),
        (403, 40003, TryAgain),
        (404, 0, TryAgain),
        (429, 0, TryAgain),
        (429, 20028, TryAgain),
        (500, 0, TryAgain),
        (503, 0, TryAgain),
    ],
)
async def test_a_refusal_is_final_or_temporary(
    harness: ChatHarness, status: int, code: int, outcome: type[Outcome]
) -> None:
    """Retried are rate limits, Discord's own failures, opening channels too fast, and what has no code of Discord's."""
    alice = await waiting_member(harness)
    harness.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=None)
    told = await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert type(told) is outcome
    assert isinstance(told, Refused | TryAgain)
    assert told.reason.startswith("Discord")
    assert (f"({status}, code {code}: " if code else f"({status})") in told.reason


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451])
@pytest.mark.parametrize("route", [Route.DIRECT, Route.FOLLOW_UP, Route.MENTION])
async def test_a_page_in_between_is_no_refusal_by_discord(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, status: int, route: Route
) -> None:
    """A proxy or a login page says nothing of the member: no route is given up, and sending is not ready."""
    alice = await waiting_member(harness)
    refuse_by_page(harness, monkeypatch, status)
    sending = harness.chat.readiness_checks()["sending"]
    for seconds in (0, 60):
        harness.clock.pass_time(seconds=seconds)
        outcome = await deliver(harness, alice, MessageKind.INVITATION, route)
        assert isinstance(outcome, TryAgain)
    assert f"refuses with a page of its own ({status})" in (await sending() or "")


async def test_who_is_matched_gets_the_link_when_the_page_in_between_is_gone(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is given up by the courier while something else answers in Discord's place."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await member.slash(harness.study, "study now", subject="Maths")
    await harness.match(alice, bob, messages=True)
    courier = make_courier(harness.store, harness.clock, harness.chat.deliver, redraw=harness.chat.redraw)

    async def run_courier(seconds: int) -> None:
        for _ in range(seconds):
            await courier.step(await Scenario(harness.store, harness.clock).fence("courier"))
            await courier.in_progress.wait_for_all()
            harness.clock.pass_time(seconds=1)

    with monkeypatch.context() as network:
        refuse_by_page(harness, network, 403)
        await run_courier(70)
    assert await harness.chat.readiness_checks()["sending"]() is not None
    await run_courier(120)
    assert all(link_of(harness.last_direct_message(member)) for member in (alice, bob))
    assert await harness.chat.readiness_checks()["sending"]() is None


@pytest.mark.parametrize("answer", ["OK", {}, {"error": "Log in to this network"}, []])
@pytest.mark.parametrize("route", [Route.DIRECT, Route.FOLLOW_UP, Route.MENTION])
async def test_an_answer_that_cannot_be_read_is_no_delivery(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, answer: object, route: Route
) -> None:
    """It is tried again, and counts as a failure of sending."""
    alice = await waiting_member(harness)
    answer_all(harness, monkeypatch, lambda: answer)
    outcome = await deliver(harness, alice, MessageKind.INVITATION, route)
    assert isinstance(outcome, TryAgain)
    assert outcome.reason.startswith("Discord's answer isn't in its usual form")


@pytest.mark.parametrize("code", [50007, 50278])
async def test_closed_direct_messages_are_left_alone_for_an_hour(harness: ChatHarness, code: int) -> None:
    """Each refusal counts towards the limit at which Discord bans us, so the next route is tried without asking."""
    alice = await waiting_member(harness)
    harness.env.inject_error("POST", "/channels/*/messages", status=403, code=code)
    outcomes = [await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT) for _ in range(2)]
    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]
    assert outcomes[1] == CLOSED
    assert isinstance(await deliver(harness, alice, MessageKind.INVITATION, Route.MENTION), Delivered)
    harness.clock.pass_time(hours=1)
    assert isinstance(await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT), Delivered)


async def test_whoever_writes_to_us_takes_direct_messages(harness: ChatHarness) -> None:
    """A command there shows that; one in a server does not."""
    alice = await waiting_member(harness)
    await harness.store.members.close_dm_channel(alice.id, harness.clock.now())
    await alice.slash(harness.study, "study status")
    assert await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT) == CLOSED
    await alice.user.slash("study status")
    assert isinstance(await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT), Delivered)


@pytest.mark.parametrize("code", [40003, 20009, 50001])
async def test_another_refusal_says_nothing_of_the_member(harness: ChatHarness, code: int) -> None:
    """The next message is tried again."""
    alice = await waiting_member(harness)
    harness.env.inject_error("POST", "/channels/*/messages", status=403, code=code)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert isinstance(await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT), Delivered)


def raising(error: Callable[[], Exception]) -> Callable[..., Any]:
    """A stand-in for `HTTPClient.request` that fails."""

    async def request(*_: object, **__: object) -> None:
        raise error()

    return request


def too_many_requests(**headers: str) -> discord.HTTPException:
    """Discord's answer to a request above the limit."""

    class Response:
        status, reason = 429, "Too Many Requests"

    response: Any = Response()
    response.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return discord.HTTPException(response, {"message": "You are being rate limited.", "code": 0})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            lambda: discord.RateLimited(42.5),
            TryAgain(reason="Discord asks for a pause", after=timedelta(seconds=42.5)),
        ),
        (lambda: too_many_requests(Retry_After="3.5"), TryAgain(reason=REFUSED_429, after=timedelta(seconds=3.5))),
        (too_many_requests, TryAgain(reason=REFUSED_429, after=None)),
        (lambda: too_many_requests(Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), TryAgain(reason=REFUSED_429)),
        (
            lambda: HeldBack("too many are waiting", retry_after=12),
            TryAgain(reason="too many are waiting", after=timedelta(seconds=12), attempted=False),
        ),
    ],
)
async def test_a_rate_limit_says_when_to_try_again(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception], outcome: Outcome
) -> None:
    """The delay that Discord or the library asks for reaches the courier; without one it chooses its own."""
    alice = await waiting_member(harness)
    monkeypatch.setattr(harness.chat.client.http, "request", raising(error))
    assert await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT) == outcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (aiohttp.ServerDisconnectedError(), "Discord can't be reached: Server disconnected"),
        (aiohttp.ClientOSError(32, "Broken"), "Discord can't be reached: Broken pipe"),
        (ConnectionResetError(104, "Reset"), "Discord can't be reached: Connection reset by peer"),
        (TimeoutError(), "Discord doesn't answer in time"),
    ],
)
async def test_a_broken_connection_is_retried(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    """The message may have arrived; the nonce keeps Discord from taking it twice."""
    alice = await waiting_member(harness)
    monkeypatch.setattr(harness.chat.client.http, "request", raising(lambda: error))
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert outcome == TryAgain(reason=reason)


@pytest.mark.parametrize("closes", [True, False])
async def test_a_client_that_closes_meanwhile_is_no_mistake(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    """The message is tried again once the client is connected anew; with an open client it would be a mistake."""
    alice = await waiting_member(harness)

    async def request(*_: object, **__: object) -> None:
        harness.chat.client.is_logged_in = not closes
        raise RuntimeError("Session is closed")

    monkeypatch.setattr(harness.chat.client.http, "request", request)
    if closes:
        outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
        assert outcome == TryAgain(reason=NOT_CONNECTED)
    else:
        with pytest.raises(RuntimeError):
            await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)


async def test_sending_is_not_ready_once_nothing_could_be_sent_for_a_minute(harness: ChatHarness) -> None:
    """Readiness says so until a message passes."""
    alice = await waiting_member(harness)
    sending = harness.chat.readiness_checks()["sending"]
    harness.env.inject_error("POST", "/channels/*/messages", status=503, times=2)
    for seconds in (0, 60):
        assert await sending() is None
        harness.clock.pass_time(seconds=seconds)
        await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert "No message has got through" in (await sending() or "")
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    assert await sending() is None


async def test_sending_is_not_ready_while_messages_wait_for_a_connection(harness: ChatHarness) -> None:
    """However long it takes, although nobody tries to send them; without messages that wait nothing is said."""
    sending = harness.chat.readiness_checks()["sending"]
    harness.chat.client.is_logged_in = False
    assert await sending() is None
    await Scenario(harness.store, harness.clock).matched(1, 2)
    harness.clock.pass_time(seconds=59)
    assert await sending() is None
    for minutes in (1, 11):
        harness.clock.pass_time(minutes=minutes)
        assert await sending() == f"No message has got through for more than a minute: {NOT_CONNECTED}."
    harness.chat.client.is_logged_in = True
    assert await sending() is None


@pytest.mark.parametrize("route", [Route.DIRECT, Route.MENTION])
async def test_a_refused_token_stops_everything(harness: ChatHarness, route: Route) -> None:
    """401 for the bot itself is raised, and says what to do."""
    alice = await waiting_member(harness)
    harness.env.inject_error("POST", "/channels/*/messages", status=401)
    with pytest.raises(TokenRefused, match="developer portal"):
        await deliver(harness, alice, MessageKind.INVITATION, route)


async def test_a_refused_interaction_token_stops_only_its_route(harness: ChatHarness) -> None:
    """401 for a webhook is about that one interaction."""
    alice = await waiting_member(harness)
    harness.env.inject_error("POST", "/webhooks/*", status=401, code=50027)
    outcome = await deliver(harness, alice, MessageKind.INVITATION, Route.FOLLOW_UP)
    assert isinstance(outcome, Refused)
    assert "(401, code 50027: " in outcome.reason
