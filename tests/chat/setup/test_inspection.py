"""What a check asks Discord and the store, and that it goes on without an answer."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import HTTPClient

from bot.chat.request_queue import HeldBack
from bot.chat.setup.inspection import LOOKED_WITHIN
from bot.domain.message import Refused, Route
from bot.domain.server import Audience
from bot.readiness import COMMANDS_NOT_READ
from bot.store import StoreUnavailable
from bot.words import words_for
from tests.chat.chat_harness import PUBLIC_URL, ChatHarness
from tests.chat.setup.setup_card import go_to, open_setup
from tests.chat.setup.staff_room import staff_room
from tests.chat.shown import message_of, text_of
from tests.store.scenario import Scenario

WORDS = words_for()


async def checked(harness: ChatHarness) -> str:
    """What `/buddy check` says."""
    return text_of(message_of(await harness.admin("Dana").slash(harness.study, "buddy check")))


async def test_the_members_of_roles_are_counted(harness: ChatHarness) -> None:
    """Readers and members with an age role; in step 1 and 3 already."""
    reader, minor, adult = (harness.guild.create_role(name) for name in ("Readers", "Minors", "Adults"))
    ids = {"reader_role_id": reader.id, "minor_role_id": minor.id, "adult_role_id": adult.id}
    await harness.set_up(audience=Audience.MIXED, **ids)
    text = await checked(harness)
    for code, role in (("reader_nobody", reader), ("age_role_nobody", minor), ("age_role_nobody", adult)):
        assert WORDS(f"chat.check.{code}", role=role.mention) in text
    dana = harness.admin("Dana")
    card = await open_setup(harness, dana)
    await go_to(dana, card, 3)  # type: ignore[arg-type]  # the number of a step
    assert WORDS("chat.check.reader_nobody", role=reader.mention) in text_of(card)
    harness.member("Rae", roles=[reader])
    assert WORDS("chat.check.reader_one", role=reader.mention) in await checked(harness)
    harness.member("Ray", roles=[reader])
    assert reader.mention not in (await checked(harness)).replace(WORDS("chat.setup.readers.text"), "")


async def test_commands_that_are_switched_off_are_named(harness: ChatHarness) -> None:
    """By the id of the command that members use."""
    await harness.set_up()
    application = harness.chat.client.application_id
    assert WORDS("chat.check.commands_off") not in await checked(harness)
    rule = {"id": str(harness.guild.id), "type": 1, "permission": False}
    harness.command_rules.append({"id": str(application), "permissions": [rule]})
    assert WORDS("chat.check.commands_off") in await checked(harness)
    harness.command_rules.clear()
    assert WORDS("chat.check.commands_off") not in await checked(harness)


@pytest.mark.parametrize(("word", "code"), [("video", "video"), ("commands", "commands_old")])
async def test_what_a_process_misses_is_told_as_the_operators(harness: ChatHarness, word: str, code: str) -> None:
    """As long as it says so; what will go away by itself is not told."""
    await harness.set_up()
    states, now = harness.store.readiness, harness.clock.now()
    await states.record("one", {word: "It does not answer."}, now)
    assert WORDS(f"chat.check.{code}") in await checked(harness)
    await states.record("one", {word: None}, now)
    assert WORDS(f"chat.check.{code}") not in await checked(harness)
    await states.record("one", {word: "It does not answer."}, now)
    harness.clock.pass_time(seconds=LOOKED_WITHIN.total_seconds())
    assert WORDS(f"chat.check.{code}") not in await checked(harness)
    await states.forget("one")
    await states.record("one", {word: COMMANDS_NOT_READ}, harness.clock.now())
    assert WORDS(f"chat.check.{code}") not in await checked(harness)


@pytest.mark.parametrize("code", [240000, 200000])
async def test_a_link_that_discord_refuses_is_named(harness: ChatHarness, code: int) -> None:
    """The courier met the refusal, and its reason says the code."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await member.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    harness.env.inject_error("POST", "/channels/*/messages", status=400, code=code, times=2)
    fence = await Scenario(harness.store, harness.clock).fence("courier")
    for message in await harness.store.outbox.find_due(harness.clock.now(), 9):
        outcome = await harness.chat.deliver(replace(message, route=Route.DIRECT))
        assert isinstance(outcome, Refused)
        await harness.store.outbox.mark_failed(message, reason=outcome.reason, now=harness.clock.now(), fence=fence)
    address = PUBLIC_URL.partition("://")[2]
    assert WORDS("chat.check.link_refused", address=address) in await checked(harness)


LOST: Sequence[Exception] = (
    HeldBack("held", retry_after=5),
    aiohttp.ClientOSError("broken"),
    TimeoutError(),
    KeyError("id"),
    discord.DiscordServerError(type("Response", (), {"status": 500, "reason": "x"})(), "down"),
)


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize(
    "route", ["get_role_member_counts", "get_guild_application_command_permissions", "get_global_commands"]
)
async def test_a_check_goes_on_without_an_answer(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: Exception, route: str
) -> None:
    """What is not known counts as fine, and what is known is told."""
    await harness.set_up(channel_id=4711)

    async def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(HTTPClient, route, fail)
    assert WORDS("chat.check.gone") in await checked(harness)


async def test_figures_that_cannot_be_read_are_left_out(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store answers for the settings, and not for figures and states."""
    await harness.set_up(channel_id=4711)

    async def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("broken")

    monkeypatch.setattr(type(harness.store.setup_figures), "read", fail)
    monkeypatch.setattr(type(harness.store.readiness), "read_all", fail)
    assert WORDS("chat.check.gone") in await checked(harness)


async def test_a_healthy_server_is_well(harness: ChatHarness) -> None:
    """The card says that everything was checked."""
    staff = await staff_room(harness)
    await harness.set_up(staff_channel_id=staff.id)
    text = await checked(harness)
    assert WORDS("chat.setup.note.checked") in text
    assert "⚠️" not in text
    assert "⛔" not in text


async def test_a_question_that_discord_refuses_is_not_repeated(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until our permissions are others: then the answer may be another one as well. Meanwhile admins are to look."""
    reader = harness.guild.create_role("Readers")
    await harness.set_up(reader_role_id=reader.id)
    asked: list[object] = []

    async def refuse(*_: object) -> None:
        asked.append(1)
        response: Any = SimpleNamespace(status=403, reason="Forbidden", headers={"Content-Type": "application/json"})
        raise discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"})

    with monkeypatch.context() as refusing:
        refusing.setattr(HTTPClient, "get_role_member_counts", refuse)
        for _ in range(3):
            text = await checked(harness)
            assert reader.mention not in text.partition("⛔")[2]
            assert WORDS("chat.check.reader_uncounted", role=reader.mention, count=0) in text
    assert len(asked) == 1
    me = harness.guild.me
    assert me is not None
    changed = me.roles[-1].permissions.value ^ discord.Permissions(create_instant_invite=True).value
    harness.env.backend.edit_role(harness.guild.id, me.roles[-1].id, {"permissions": changed})
    await harness.env.settle()
    assert WORDS("chat.check.reader_nobody", role=reader.mention) in await checked(harness)
