"""Edits of what was sent that fail: what Discord refuses for good, and what is tried again."""

import aiohttp
import discord
import pytest

from bot.chat.discord_trouble import NOT_CONNECTED, reason_of
from bot.domain.message import Delivered, NotTried, Outcome, Refused, TryAgain
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import invited, time_runs_out
from tests.chat.outbox import answer_all, redraw_all, refuse_by_page


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (403, 50007, Refused),
        (404, 10003, Refused),
        (404, 10008, Refused),
        (403, 50001, Refused),
        (400, 50083, Refused),
        (429, 30046, Refused),
        (429, 0, TryAgain),
        (429, 20028, TryAgain),
        (404, 0, TryAgain),
        (500, 0, TryAgain),
        (503, 0, TryAgain),
    ],
)
async def test_a_message_that_is_gone_is_left_alone(
    harness: ChatHarness, status: int, code: int, outcome: type[Outcome]
) -> None:
    """So is one that Discord allows no more edits of; any refusal that is not about the message is tried again."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)
    harness.env.inject_error("PATCH", "/channels/*/messages/*", status=status, code=code, times=None)
    told = [each for each in await redraw_all(harness) if isinstance(each, Refused | TryAgain)]
    assert [type(each) for each in told] == [outcome, outcome]
    assert all((f"({status}, code {code}: " if code else f"({status})") in each.reason for each in told)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_page_in_between_ends_no_edit(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Cards and messages are drawn again when Discord itself can be reached."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)
    refuse_by_page(harness, monkeypatch, status)
    told = [type(each) for each in await redraw_all(harness) if not isinstance(each, Delivered)]
    assert len(told) > len(("both messages",))
    assert set(told) == {TryAgain}


async def test_an_answer_that_cannot_be_read_is_no_edit(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a message; that of a card is not read."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)
    answer_all(harness, monkeypatch, dict)
    told = [each for each in await redraw_all(harness) if isinstance(each, Refused | TryAgain)]
    assert {type(each) for each in told} == {TryAgain}


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError, ConnectionResetError, TimeoutError])
async def test_a_broken_connection_is_tried_again(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """The edit may have arrived; repeating it does no harm."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)

    async def request(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(harness.chat.client.http, "request", request)
    assert (await redraw_all(harness)).count(TryAgain(reason=reason_of(error()))) == 2


async def test_a_long_rate_limit_ends_the_attempts(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old messages may be edited a few times only: an edit that is refused for that is not repeated."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)

    async def request(*_: object, **__: object) -> None:
        raise discord.RateLimited(120)

    monkeypatch.setattr(harness.chat.client.http, "request", request)
    assert (await redraw_all(harness)).count(Refused(reason="Discord asks for a pause")) == 2


async def test_before_the_login_it_is_tried_again(harness: ChatHarness) -> None:
    """A courier that starts before Discord is connected forgets nothing."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)
    stale = await harness.store.outbox.find_stale(harness.clock.now(), 9)
    outcome = await harness.new_chat().redraw(stale[0])
    assert outcome == NotTried(reason=NOT_CONNECTED)


async def test_a_refused_token_stops_everything(harness: ChatHarness) -> None:
    """401 for the bot itself is raised here as well."""
    alice, bob, _ = await invited(harness)
    await time_runs_out(harness, alice, bob)
    harness.env.inject_error("PATCH", "/channels/*/messages/*", status=401)
    with pytest.raises(Exception, match="developer portal"):
        await redraw_all(harness)
