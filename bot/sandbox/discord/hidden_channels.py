"""Channels that the bot cannot see. Since November 2026, Discord's gateway sends them without their details.

Their id, type and position stay; name, topic and permissions are withheld. Their messages and threads are not sent, and
answers to requests leave them out. Interactions carry channels unchanged.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import ChannelType, OverwriteType, channel_payload

HIDDEN_NAME = "___hidden___"
HIDDEN_FLAG = 1 << 17
VIEW_CHANNEL = discord.Permissions(view_channel=True).value
VISIBLE_FIELDS = ("id", "type", "guild_id", "position", "parent_id")
CHANNEL_EVENTS = frozenset({"CHANNEL_CREATE", "CHANNEL_UPDATE"})
INSIDE_A_CHANNEL = ("MESSAGE_", "THREAD_", "TYPING_START", "CHANNEL_PINS_UPDATE")
PERMISSION_EVENTS = frozenset({"GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE"})

Json = dict[str, Any]


def redact_event(backend: DiscordBackend, event: str, payload: Json) -> Json:
    """Return the event's payload with every channel redacted that the bot cannot see."""
    if event == "GUILD_CREATE":
        guild_id = int(payload["id"])
        channels = [_redact_channel(backend, guild_id, each) for each in payload["channels"]]
        return {**payload, "channels": channels, "threads": visible_channels(backend, guild_id, payload["threads"])}
    if event in CHANNEL_EVENTS and payload.get("guild_id"):
        return _redact_channel(backend, int(payload["guild_id"]), payload)
    return payload


def happens_in_sight(backend: DiscordBackend, event: str, payload: Mapping[str, Any]) -> bool:
    """Whether the bot can see the channel or thread that an event happens in; true if it happens in none."""
    if not event.startswith(INSIDE_A_CHANNEL) or not payload.get("guild_id"):
        return True
    channel_id = payload["id"] if event.startswith("THREAD_") else payload["channel_id"]
    known = next((each for each in (channel_id, payload.get("parent_id")) if int(each or 0) in backend.channels), None)
    return known is None or bot_can_see(backend, int(payload["guild_id"]), int(known))


def visible_channels(backend: DiscordBackend, guild_id: int, channels: Iterable[Json]) -> list[Json]:
    """Those of a server's channels or threads that the bot can see."""
    return [each for each in channels if bot_can_see(backend, guild_id, int(each["id"]))]


def channels_to_resend(backend: DiscordBackend, event: str, payload: Mapping[str, Any]) -> Iterator[Json]:
    """Yield every channel of the server after an event that may change which of them the bot can see."""
    is_other_member = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) != backend.bot_user.id
    if event in PERMISSION_EVENTS and not is_other_member:
        for channel_id in backend.get_guild(int(payload["guild_id"])).channel_ids:
            yield dict(channel_payload(backend, backend.get_channel(channel_id)))


def _redact_channel(backend: DiscordBackend, guild_id: int, channel: Json) -> Json:
    if int(channel["id"]) not in backend.channels or bot_can_see(backend, guild_id, int(channel["id"])):
        return channel
    deny_everyone = {"id": str(guild_id), "type": int(OverwriteType.ROLE), "allow": "0", "deny": str(VIEW_CHANNEL)}
    return {
        **{key: channel[key] for key in VISIBLE_FIELDS if key in channel},
        "name": HIDDEN_NAME,
        "topic": None,
        "permission_overwrites": [deny_everyone],
        "flags": HIDDEN_FLAG,
    }


def bot_can_see(backend: DiscordBackend, guild_id: int, channel_id: int) -> bool:
    """Whether the bot can see a channel or thread; a category is visible if one of its channels is."""
    children = [
        each.id for each in backend.channels.values() if each.parent_id == channel_id and each.guild_id == guild_id
    ]
    is_category = backend.get_channel(channel_id).type == ChannelType.CATEGORY
    checked = [channel_id, *children] if is_category else [channel_id]
    return any(backend.compute_permissions(guild_id, backend.bot_user.id, each) & VIEW_CHANNEL for each in checked)
