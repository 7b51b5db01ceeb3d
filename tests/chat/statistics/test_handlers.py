"""`/buddy stats`: for admins only, private, with pictures where they can be shown, and everything as text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot.chat.statistics import picture_drawing
from bot.chat.statistics.picture_drawing import DrawChart
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.moderation.reading import report_waits
from tests.chat.shown import all_components, custom_id_of, message_of, text_of
from tests.store.scenario import Scenario

WORDS = words_for()
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
GALLERY = 12


async def unmatched_searches(harness: ChatHarness, count: int) -> list[MemberActor]:
    """Members who searched in vain on Monday; now it is Tuesday."""
    harness.clock.set(MONDAY)
    await harness.set_up()
    members = [harness.member(f"Secret{number}") for number in range(count)]
    for member in members:
        await member.slash(harness.study, "study now", subject="Maths", wait=5)
    harness.clock.set(MONDAY + timedelta(hours=1))
    scenario = Scenario(harness.store, harness.clock)
    now, fence = harness.clock.now(), await scenario.fence("janitor")
    for ticket in await harness.store.tickets.find_expired(now):
        assert await harness.store.tickets.expire(ticket, now=now, messages=(), fence=fence)
    harness.clock.set(MONDAY + timedelta(days=1))
    return members


def pictures_in(components: Sequence[Mapping[str, Any]]) -> list[str]:
    """The addresses of the pictures in a message."""
    galleries = [each for each in all_components(components) if each.get("type") == GALLERY]
    return [item["media"]["url"] for each in galleries for item in each["items"]]


async def test_only_admins_get_it(harness: ChatHarness) -> None:
    """Discord hides the command; who is no admin any more when they press a button is told whom to ask."""
    assert "buddy stats" not in harness.member("Alice").available_commands(harness.study)
    await unmatched_searches(harness, 5)
    dana = harness.admin("Dana")
    shown = await dana.slash(harness.study, "buddy stats")
    assert shown.ephemeral
    card = message_of(shown)
    assert "How pairing is going in Study Hall" in text_of(card)
    assert len(pictures_in(card.components)) == 1
    admins = harness.guild.roles["Admins of Dana"]
    harness.env.backend.edit_role(harness.guild.id, admins.id, {"permissions": 0})
    await dana.click(card, custom_id=custom_id_of(card, "hb:stats:7"))
    assert "Only members with Manage Server can see the numbers." in text_of(card)
    assert pictures_in(card.components) == []


async def test_pictures_and_text_in_one_private_message(harness: ChatHarness) -> None:
    """The other period is shown in the same message, with its pictures uploaded anew."""
    members = await unmatched_searches(harness, 5)
    dana = harness.admin("Dana")
    shown = await dana.slash(harness.study, "buddy stats")
    card = message_of(shown)
    assert "by subject: Maths: 5" in text_of(card)
    assert len(pictures_in(card.components)) == 1
    await dana.click(card, custom_id=custom_id_of(card, "hb:stats:7"))
    assert "by subject: Maths: 5" in text_of(card)
    assert len(pictures_in(card.components)) == 1
    for member in members:
        assert str(member.id) not in str(card.components)
    assert "Secret" not in str(card.components)


async def test_fewer_than_five_are_not_said(harness: ChatHarness) -> None:
    """Four people are no number, and no picture."""
    await unmatched_searches(harness, 4)
    card = message_of(await harness.admin("Dana").slash(harness.study, "buddy stats"))
    assert "fewer than 5 people in every subject" in text_of(card)
    assert pictures_in(card.components) == []


async def test_without_matplotlib_it_is_text(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text has the same, and no picture is announced that is not there."""

    def load() -> DrawChart:
        raise ModuleNotFoundError

    await unmatched_searches(harness, 5)
    handlers = harness.chat.client.tree.get_command("buddy")._statistics  # type: ignore[union-attr]
    monkeypatch.setattr(handlers, "_drawing", picture_drawing.PictureDrawing(load))
    card = message_of(await harness.admin("Dana").slash(harness.study, "buddy stats"))
    assert "by subject: Maths: 5" in text_of(card)
    assert pictures_in(card.components) == []


async def test_without_attach_files_it_is_text(harness: ChatHarness) -> None:
    """Whoever denies the permission in the channel."""
    await unmatched_searches(harness, 5)
    quiet = harness.guild.create_text_channel(
        "quiet",
        overwrites={harness.guild.default_role: discord.PermissionOverwrite(attach_files=False)},
    )
    card = message_of(await harness.admin("Dana").slash(quiet, "buddy stats"))
    assert "by subject: Maths: 5" in text_of(card)
    assert pictures_in(card.components) == []


async def test_pictures_that_discord_does_not_take_are_left_out(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text comes at once without them, in the same message."""

    async def refuse(*_: object, attachments: Sequence[discord.File], **others: object) -> object:
        if attachments:
            response: Any = SimpleNamespace(status=400, reason="Bad Request", headers={})
            raise discord.HTTPException(response, {"code": 40005, "message": "Request entity too large"})
        return await edit(*_, attachments=attachments, **others)

    edit: Any = discord.Interaction.edit_original_response
    await unmatched_searches(harness, 5)
    monkeypatch.setattr(discord.Interaction, "edit_original_response", refuse)
    card = message_of(await harness.admin("Dana").slash(harness.study, "buddy stats"))
    assert "by subject: Maths: 5" in text_of(card)
    assert pictures_in(card.components) == []


async def test_unread_reports_are_counted(harness: ChatHarness) -> None:
    """Until somebody has read them; one about the admin who looks, or by them, makes no difference."""
    desk = await report_waits(harness)
    shown = await desk.dana.slash(harness.study, "buddy stats")
    assert "Unread reports: 1. Those who read them use `/reports`." in text_of(shown)
    manages = harness.guild.create_role("Bosses", permissions=discord.Permissions(manage_guild=True))
    for member in (desk.story.alice, desk.story.bob):
        harness.env.backend.add_member_role(harness.guild.id, member.id, manages.id)
        assert "There are no unread reports." in text_of(await member.slash(harness.study, "buddy stats"))
    await desk.opened()
    assert "There are no unread reports." in text_of(await desk.dana.slash(harness.study, "buddy stats"))
