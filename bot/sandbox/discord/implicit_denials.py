"""Permissions that Discord takes away although no role and no overwrite denies them."""

from typing import Final

import discord

from bot.sandbox.discord.simcord_internals import Channel, ChannelType

VIEW: Final = discord.Permissions(view_channel=True).value
CONNECT: Final = discord.Permissions(connect=True).value
ALL_OF_A_CHANNEL: Final = discord.Permissions.all_channel().value
NEED_SEND: Final = discord.Permissions(
    send_tts_messages=True, mention_everyone=True, embed_links=True, attach_files=True
).value
NEED_CONNECT: Final = (
    discord.Permissions.voice().value | discord.Permissions(manage_channels=True, manage_roles=True).value
)
VOICE_TYPES: Final = (ChannelType.VOICE, ChannelType.STAGE_VOICE)


def without_implicitly_denied(permissions: int, channel: Channel) -> int:
    """What is left of somebody's permissions in a channel or thread.

    Who cannot view it can do nothing there; who cannot send in it cannot embed, attach or mention everyone either; who
    cannot connect to a voice channel can neither speak in it nor manage it. Nothing is taken away in a category.
    """
    if channel.type == ChannelType.CATEGORY:
        return permissions
    send = discord.Permissions(send_messages_in_threads=channel.is_thread, send_messages=not channel.is_thread).value
    if not permissions & send:
        permissions &= ~NEED_SEND
    if not permissions & VIEW:
        permissions &= ~ALL_OF_A_CHANNEL
    if channel.type in VOICE_TYPES and not permissions & CONNECT:
        permissions &= ~NEED_CONNECT
    return permissions
