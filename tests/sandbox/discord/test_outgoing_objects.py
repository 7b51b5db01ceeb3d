"""Messages and servers as the stand-in sends them: no files that components show, no more of a server than Discord."""

import io
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord
from tests.sandbox.discord.small_bot import SmallBot

PICTURE = b"picture"


def gallery(*names: str) -> discord.ui.LayoutView:
    """A card with these pictures."""
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.TextDisplay("Step 1"))
    if names:
        items = [discord.MediaGalleryItem(f"attachment://{name}") for name in names]
        view.add_item(discord.ui.MediaGallery(*items))
    return view


def file(name: str) -> discord.File:
    return discord.File(io.BytesIO(PICTURE), name)


async def test_shown_files_are_no_attachments(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """For the bot and for people, when sent and when read again; a file that nothing shows is one."""
    sent = await bot.post_message(study, view=gallery("a.png"), files=[file("a.png"), file("b.png")])
    assert [each.filename for each in sent.attachments] == ["b.png"]
    [listed] = fake_discord.channel_messages(study)
    assert [each["filename"] for each in listed["attachments"]] == ["b.png"]
    read = await sent.channel.fetch_message(sent.id)
    assert [each.filename for each in read.attachments] == ["b.png"]


async def test_keeping_the_listed_files_loses_the_shown_ones(bot: SmallBot, study: int) -> None:
    """A card that shows a picture is refused without it, and is redrawn by uploading it anew or by saying nothing."""
    sent = await bot.post_message(study, view=gallery("a.png"), files=[file("a.png")])
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(view=gallery("a.png"), attachments=sent.attachments)
    assert refused.value.code == 50035
    assert (await sent.edit(view=gallery("a.png"))).attachments == []
    assert (await sent.edit(view=gallery("a.png"), attachments=[file("a.png")])).attachments == []
    without = await sent.edit(view=gallery())
    assert [each.filename for each in without.attachments] == ["a.png"]  # drawn without its picture, it is still there


async def test_a_server_is_read_without_what_only_a_login_has(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int
) -> None:
    """No channels and no members; in the list of servers even less."""
    async with api.get(f"guilds/{fake_discord.guild_id}") as answer:
        server: dict[str, Any] = await answer.json()
    assert server["name"] == "Study Hall"
    assert not {"channels", "members", "threads", "joined_at"} & server.keys()
    async with api.get("users/@me/guilds") as answer:
        [listed] = await answer.json()
    assert listed.keys() == {"id", "name", "icon", "banner", "features", "owner", "permissions"}


async def test_lists_of_channels_leave_out_hidden_ones(
    fake_discord: FakeDiscord, bot: SmallBot, api: aiohttp.ClientSession, study: int
) -> None:
    """And threads in them."""
    secret = fake_discord.add_channel("secret")
    threads = [
        fake_discord.backend.create_thread(each, "thread", fake_discord.backend.bot_user.id).id
        for each in (study, secret)
    ]
    fake_discord.deny_bot(secret, discord.Permissions(view_channel=True))
    guild = await bot.fetch_guild(fake_discord.guild_id)
    assert [channel.id for channel in await guild.fetch_channels()] == [study]
    async with api.get(f"guilds/{fake_discord.guild_id}/threads/active") as answer:
        assert [int(each["id"]) for each in (await answer.json())["threads"]] == threads[:1]
