"""What keeps pairing from working in a channel: the card names what, where, and where to click."""

from datetime import timedelta

import discord
import pytest
from simcord import ResponseMessage
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import labels_of, message_of, text_of

NO_VIEW = discord.PermissionOverwrite(view_channel=False)
NO_WRITE = discord.PermissionOverwrite(send_messages=False)
NO_HISTORY = discord.PermissionOverwrite(read_message_history=False)
NO_APPS = discord.PermissionOverwrite(use_application_commands=False)


async def setup_card(harness: ChatHarness) -> ResponseMessage:
    """The setup card of an admin."""
    return message_of(await harness.admin("Dana").slash(harness.study, "buddy setup"))


async def test_a_deleted_channel_is_named(harness: ChatHarness) -> None:
    """Another one has to be chosen before the panel is posted."""
    await harness.set_up(channel_id=4711)
    card = await setup_card(harness)
    assert "The channel for my button was deleted. Choose another one." in text_of(card)
    assert "Post the button" not in labels_of(card)


async def test_a_deleted_role_is_named(harness: ChatHarness) -> None:
    """Nobody could be paired with it."""
    await harness.set_up(role_id=4711)
    assert "The role for pairing was deleted, so nobody can be matched. Choose another role." in text_of(
        await setup_card(harness)
    )


@pytest.mark.parametrize(
    ("overwrite", "text", "may_post"),
    [
        (NO_VIEW, "I can't see {channel}. The channel's setting for @everyone denies it.", False),
        (
            NO_WRITE,
            "I can see {channel}, but I can't write there.",
            False,
        ),
        (NO_HISTORY, "I can't read older messages in {channel}, so I can't find my button again.", False),
        (NO_APPS, "@everyone can't use app commands in {channel}", True),
    ],
)
async def test_a_missing_permission_is_named(
    harness: ChatHarness, overwrite: discord.PermissionOverwrite, text: str, *, may_post: bool
) -> None:
    """The card says who denies it; members' permissions do not stop the panel."""
    everyone = harness.guild.default_role
    channel = harness.guild.create_text_channel("hidden", overwrites={everyone: overwrite})
    await harness.set_up(channel_id=channel.id)
    card = await setup_card(harness)
    assert text.format(channel=channel.mention) in text_of(card)
    assert ("Post the button" in labels_of(card)) is may_post


async def test_nobody_is_blamed_for_a_channel_that_discord_hides(harness: ChatHarness) -> None:
    """Its overwrites are hidden too, so the card says that it cannot know."""
    everyone = harness.guild.default_role
    channel = harness.guild.create_text_channel("___hidden___", overwrites={everyone: NO_VIEW})
    await harness.set_up(channel_id=channel.id)
    card = await setup_card(harness)
    assert f"I can't see {channel.mention}. I can't tell which setting denies it." in text_of(card)
    assert "@everyone" not in text_of(card)
    assert "Nearly done. Something below needs fixing before I can post my button." in text_of(card)


async def test_a_timeout_is_the_only_thing_named(harness: ChatHarness) -> None:
    """No permission helps while it lasts."""
    guild = harness.chat.client.get_guild(harness.guild.id)
    assert guild is not None
    until = discord.utils.utcnow() + timedelta(hours=1)
    guild.me.timed_out_until = until
    await harness.set_up()
    card = await setup_card(harness)
    assert f"I'm timed out in this server until <t:{int(until.timestamp())}:f>." in text_of(card)
    assert "Server Settings" not in text_of(card)


async def test_an_administrator_needs_nothing_else(harness: ChatHarness) -> None:
    """A channel's overwrites do not count for one."""
    me = harness.guild.me
    assert me is not None
    for role in me.roles:
        harness.env.backend.edit_role(
            harness.guild.id, role.id, {"permissions": discord.Permissions(administrator=True).value}
        )
    await harness.env.settle()
    channel = harness.guild.create_text_channel("closed", overwrites={me: NO_VIEW})
    await harness.set_up(channel_id=channel.id)
    assert "Post the button" in labels_of(await setup_card(harness))


async def test_the_last_overwrite_that_denies_is_named(harness: ChatHarness) -> None:
    """Discord applies @everyone, then the roles, then the member."""
    me = harness.guild.me
    assert me is not None
    everyone = harness.guild.default_role
    channel = harness.guild.create_text_channel("mine", overwrites={everyone: NO_WRITE, me: NO_WRITE})
    await harness.set_up(channel_id=channel.id)
    assert f"The channel's setting for {me.mention} denies it." in text_of(await setup_card(harness))


async def test_a_permission_that_no_role_allows_is_one_of_the_server(harness: ChatHarness) -> None:
    """No channel is to blame; allowing it in the channel mends it all the same."""
    me = harness.guild.me
    assert me is not None
    read_only = discord.Permissions(view_channel=True, read_message_history=True, use_application_commands=True)
    for role in me.roles:
        harness.env.backend.edit_role(harness.guild.id, role.id, {"permissions": read_only.value})
    await harness.env.settle()
    await harness.set_up()
    text = text_of(await setup_card(harness))
    assert "None of my roles allows it. Open the channel's settings, then Permissions." in text


async def test_a_category_is_named_where_the_channel_is_synced_with_it(harness: ChatHarness) -> None:
    """The admin finds the setting there."""
    campus = harness.guild.create_category("Campus")
    channel = harness.guild.create_text_channel("quiet", category=campus)
    no_writing = [Overwrite(target_id=harness.guild.id, type=OverwriteType.ROLE, deny=NO_WRITE.pair()[1].value)]
    for place in (campus, channel):
        harness.env.backend.edit_channel(place.id, {}, overwrites=no_writing)
    await harness.env.settle()
    await harness.set_up(channel_id=channel.id)
    assert "The setting for @everyone in the category “Campus” denies it." in text_of(await setup_card(harness))
