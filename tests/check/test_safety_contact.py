"""The safety contact gets a real message on request, seldom enough; a refusal has its cause and a next step."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.check.clocks import ClockComparison
from bot.check.discord_answer import DiscordApi
from bot.check.finding import Finding
from bot.check.safety_contact import PAUSE, check_safety_contact
from bot.config import DiscordSettings
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Failure, Fault, Refusal
from bot.words import words_for
from tests.check.installation import CLOCK
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import ShiftedClock
from tests.started_discord import started_discord

TEXT = words_for()("chat.report.contact_test")
MESSAGES = "/channels/*/messages"


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def fake_discord(clock: ShiftedClock) -> AsyncIterator[FakeDiscord]:
    async with started_discord(clock) as stand_in:
        yield stand_in


@pytest.fixture
def olga(fake_discord: FakeDiscord) -> Person:
    return fake_discord.add_person("Olga")


async def check(fake_discord: FakeDiscord, clock: ShiftedClock, user_id: int, token: str = "right") -> Finding:
    """What is found when a test message is asked for."""
    settings = DiscordSettings(token=token, api_base=fake_discord.api_base)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        discord = DiscordApi(settings=settings, http=http, clocks=ClockComparison(CLOCK))
        [finding] = await check_safety_contact(discord, user_id, clock.now())
    assert finding.subject == "ops.safety_contact"
    return finding


def received(fake_discord: FakeDiscord, person: Person) -> list[str]:
    """The direct messages that somebody has from the bot."""
    return [each["content"] for each in fake_discord.channel_messages(fake_discord.direct_channel_id(person))]


async def test_it_arrives(fake_discord: FakeDiscord, clock: ShiftedClock, olga: Person) -> None:
    """Once an hour at most, however often it is asked for, and whatever else came in between."""
    finding = await check(fake_discord, clock, olga.id)
    assert (finding.ok, finding.is_note) == (True, False)
    assert "has delivered the test message" in finding.message
    assert received(fake_discord, olga) == [TEXT]
    clock.skip(minutes=PAUSE / timedelta(minutes=1) - 5)
    again = await check(fake_discord, clock, olga.id)
    assert (again.ok, again.is_note) == (True, True)
    assert again.message == "has had a test message less than an hour ago; another one can be sent in 5 min"
    assert received(fake_discord, olga) == [TEXT]
    clock.skip(minutes=6)
    await check(fake_discord, clock, olga.id)
    assert received(fake_discord, olga) == [TEXT, TEXT]


async def test_two_checks_at_the_same_moment(fake_discord: FakeDiscord, clock: ShiftedClock, olga: Person) -> None:
    """Neither sees the other's message; there is one nevertheless."""
    await asyncio.gather(*(check(fake_discord, clock, olga.id) for _ in range(2)))
    assert received(fake_discord, olga) == [TEXT]


async def test_without_a_contact_nothing_is_sent(fake_discord: FakeDiscord) -> None:
    """That there is none is a finding of its own."""
    settings = DiscordSettings(token="right", api_base=fake_discord.api_base)
    async with aiohttp.ClientSession() as http:
        discord = DiscordApi(settings=settings, http=http, clocks=ClockComparison(CLOCK))
        assert await check_safety_contact(discord, 0, CLOCK.now()) == ()


async def test_closed_direct_messages(fake_discord: FakeDiscord, clock: ShiftedClock, olga: Person) -> None:
    """The next step is the contact's; once it is done the message arrives."""
    fake_discord.close_direct_messages(olga)
    finding = await check(fake_discord, clock, olga.id)
    assert finding.ok is False
    assert "allow direct messages from there" in finding.message
    assert "(code 50007)" in finding.message
    fake_discord.close_direct_messages(olga, closed=False)
    assert (await check(fake_discord, clock, olga.id)).ok


async def test_no_server_in_common(fake_discord: FakeDiscord, clock: ShiftedClock) -> None:
    """The bot cannot write to somebody whom it does not meet anywhere."""
    finding = await check(fake_discord, clock, fake_discord.add_account("Stranger").id)
    assert finding.ok is False
    assert "join a server that has it" in finding.message


@pytest.mark.parametrize(
    ("failure", "path", "said"),
    [
        (Refusal(status=400, code=50033), "/users/@me/channels", "there is no person with this id"),
        (Refusal(status=403, code=20026), MESSAGES, "because Discord refuses it (status 403, code 20026)"),
        (Refusal(status=429, retry_after_s=300), MESSAGES, "to wait (status 429): check again in 5 min"),
        (Refusal(status=503), MESSAGES, "can't be sent, because what answers there has trouble"),
        (Fault.RESET_BEFORE, MESSAGES, "can't be sent, because Discord can't be reached"),
    ],
)
async def test_why_it_cannot_be_sent(
    fake_discord: FakeDiscord, clock: ShiftedClock, olga: Person, failure: Failure, path: str, said: str
) -> None:
    """Each cause has its sentence."""
    fake_discord.faults.plan_fault(failure, method="POST", path=path)
    finding = await check(fake_discord, clock, olga.id)
    assert finding.ok is False
    assert said in finding.message
    assert received(fake_discord, olga) == []


async def test_a_wrong_token(fake_discord: FakeDiscord, clock: ShiftedClock, olga: Person) -> None:
    """That is a finding of its own, and the reason for this one."""
    finding = await check(fake_discord, clock, olga.id, token="wrong")
    assert "can't be sent, because Discord doesn't know this token" in finding.message
