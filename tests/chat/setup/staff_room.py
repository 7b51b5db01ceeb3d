"""A private channel for staff in a test, in which the bot may write."""

import discord
from simcord import ChannelHandle, ResponseMessage
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import text_of

WANTED = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, embed_links=True, attach_files=True
)


async def set_overwrites(harness: ChatHarness, channel: ChannelHandle, *overwrites: Overwrite) -> None:
    """Give a channel these overwrites and no other, and let the bot hear of it."""
    harness.env.backend.edit_channel(channel.id, {}, overwrites=[*overwrites])
    await harness.env.settle()


def hidden_from_all(harness: ChatHarness) -> Overwrite:
    """Only those see the channel who are named besides."""
    denied = discord.Permissions(view_channel=True).value
    return Overwrite(target_id=harness.guild.id, type=OverwriteType.ROLE, deny=denied)


def open_to(member_id: int) -> Overwrite:
    """A member may do there what the bot needs."""
    return Overwrite(target_id=member_id, type=OverwriteType.MEMBER, allow=WANTED.value)


async def staff_room(harness: ChatHarness, *member_ids: int) -> ChannelHandle:
    """The channel, open to these members and the bot."""
    me = harness.guild.me
    assert me is not None
    channel = harness.guild.create_text_channel("staff")
    await set_overwrites(harness, channel, hidden_from_all(harness), *map(open_to, (me.id, *member_ids)))
    return channel


def texts_in(harness: ChatHarness, channel: ChannelHandle) -> list[str]:
    """The text of each message in a channel, oldest first."""
    messages = [harness.env.backend.get_message(channel.id, message.id) for message in channel.history()]
    return [text_of(ResponseMessage(harness.env, message)) for message in sorted(messages, key=lambda each: each.id)]
