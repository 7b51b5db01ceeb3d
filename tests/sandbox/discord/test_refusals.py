"""What the stand-in refuses by permissions and by the state of threads, members and bans."""

from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import SmallBot

NOBODY = 4242
TINY = discord.Embed(title="x")


def allow_bot(fake_discord: FakeDiscord, **permissions: bool) -> None:
    role = fake_discord.ensure_role("Bots", discord.Permissions(**permissions))
    fake_discord.backend.add_member_role(fake_discord.guild_id, fake_discord.backend.bot_user.id, role)


async def test_bans_are_for_bots_that_may_ban(server: ServerWithBot) -> None:
    """Others are refused; who is not banned is unknown."""
    guild = server.bot.get_guild(server.fake_discord.guild_id)
    assert guild is not None
    with pytest.raises(discord.Forbidden) as refused:
        await guild.fetch_ban(discord.Object(server.alice.id))
    assert refused.value.code == 50013
    allow_bot(server.fake_discord, ban_members=True)
    with pytest.raises(discord.NotFound) as unknown:
        await guild.fetch_ban(discord.Object(server.alice.id))
    assert unknown.value.code == 10026
    server.fake_discord.ban_person(server.alice)
    assert (await guild.fetch_ban(discord.Object(server.alice.id))).user.id == server.alice.id


async def test_ids_of_nobody(server: ServerWithBot) -> None:
    """An id that nobody has is told apart from a user who is no member."""
    guild = server.bot.get_guild(server.fake_discord.guild_id)
    assert guild is not None
    server.fake_discord.remove_person(server.alice)
    for user_id, code in ((server.alice.id, 10007), (NOBODY, 10013)):
        with pytest.raises(discord.NotFound) as unknown:
            await guild.fetch_member(user_id)
        assert unknown.value.code == code


@pytest.mark.parametrize(
    ("denied", "what", "code"),
    [
        ("embed_links", {"embed": TINY}, 50013),
        ("attach_files", {"file": "x.txt"}, 50013),
        ("read_message_history", {"reply": True}, 160002),
    ],
)
async def test_messages_need_permissions_for_what_is_in_them(
    server: ServerWithBot, denied: str, what: dict[str, Any], code: int
) -> None:
    """Embeds, files and replies are refused without theirs; a plain message is not."""
    earlier = await server.bot.post_message(server.study, content="earlier")
    server.fake_discord.deny_bot(server.study, discord.Permissions(**{denied: True}))
    sent: dict[str, Any] = {"content": "x"}
    if "file" in what:
        sent["file"] = discord.File(__file__, what["file"])
    if "embed" in what:
        sent["embed"] = what["embed"]
    if "reply" in what:
        sent["reference"] = earlier
    with pytest.raises(discord.Forbidden) as refused:
        await server.bot.post_message(server.study, **sent)
    assert refused.value.code == code
    assert (await server.bot.post_message(server.study, content="plain")).content == "plain"


# --- threads ---------------------------------------------------------------------------------------------------------


async def test_an_archived_thread_opens_for_a_message_but_not_for_an_edit(server: ServerWithBot) -> None:
    """An edit and a deletion are refused while it is archived."""
    backend = server.fake_discord.backend
    thread = backend.create_thread(server.study, "thread", server.alice.id)
    sent = await server.bot.post_message(thread.id, content="x")
    backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
    for change in (sent.edit(content="y"), sent.delete()):
        with pytest.raises(discord.HTTPException) as refused:
            await change
        assert (refused.value.status, refused.value.code) == (400, 50083)
    await server.bot.post_message(thread.id, content="open again")
    assert thread.thread_metadata is not None
    assert not thread.thread_metadata.archived
    assert (await sent.edit(content="y")).content == "y"


async def test_a_locked_thread_takes_no_message(server: ServerWithBot) -> None:
    """Unless its writer may manage threads."""
    backend = server.fake_discord.backend
    thread = backend.create_thread(server.study, "thread", server.alice.id)
    backend.edit_channel(thread.id, {}, thread_metadata={"archived": True, "locked": True})
    with pytest.raises(discord.HTTPException) as refused:
        await server.bot.post_message(thread.id, content="x")
    assert refused.value.code == 160005
    assert thread.thread_metadata is not None
    assert thread.thread_metadata.archived
    allow_bot(server.fake_discord, manage_threads=True)
    assert (await server.bot.post_message(thread.id, content="x")).content == "x"


# --- mentions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "mentions"), [({}, True), ({"allowed_mentions": discord.AllowedMentions.none()}, False)]
)
async def test_an_edit_that_says_nothing_of_mentions_allows_them_all(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, told: dict[str, Any], *, mentions: bool
) -> None:
    """Even if the message was sent with none allowed."""
    allow_bot(fake_discord, mention_everyone=True)
    nobody = discord.AllowedMentions.none()
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.TextDisplay("@everyone"))
    sent = await bot.post_message(study, view=view, allowed_mentions=nobody)
    assert not sent.mention_everyone
    edited = await sent.edit(view=view, **told)
    assert edited.mention_everyone is mentions


async def test_an_answer_that_edits_allows_all_mentions_too(server: ServerWithBot, api: aiohttp.ClientSession) -> None:
    """An edit of an interaction's message that says nothing of mentions."""
    await server.fake_discord.call_command(server.alice, server.study, "study form")
    allow_bot(server.fake_discord, mention_everyone=True)
    shown = [each for each in server.fake_discord.backend.interactions.values() if each.modal]
    await server.fake_discord.submit_modal(server.alice, shown[0].id, {"length": ["25"]})
    record = list(server.fake_discord.backend.interactions.values())[-1]
    url = f"webhooks/{server.fake_discord.backend.application_id}/{record.token}/messages/@original"
    async with api.patch(url, json={"content": "@everyone", "allowed_mentions": {"parse": []}}) as answer:
        assert (await answer.json())["mention_everyone"] is False
    async with api.patch(url, json={"flags": 0}) as answer:
        assert (await answer.json())["mention_everyone"] is True
