"""Channels that a bot cannot see: since November 2026 Discord's gateway tells it that they exist, and little more.

Place and kind stay; the name, the topic and who may do what are withheld. Interactions show channels as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from simcord.backend import serializers
from simcord.enums import ChannelType, OverwriteType

from bot.sandbox.discord.engine import Engine

HIDDEN_NAME = "___hidden___"
HIDDEN = 1 << 17
VIEW = discord.Permissions(view_channel=True).value
KEPT = ("id", "type", "guild_id", "position", "parent_id")
TELLS_A_CHANNEL = frozenset({"CHANNEL_CREATE", "CHANNEL_UPDATE"})
MAY_CHANGE_WHAT_IS_SEEN = frozenset({"GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE"})

Json = dict[str, Any]


def as_the_bot_sees(engine: Engine, event: str, payload: Json) -> Json:
    """The event's payload with every channel that the bot cannot see hidden in it."""
    if event == "GUILD_CREATE":
        guild_id = int(payload["id"])
        return {**payload, "channels": [_seen(engine, guild_id, channel) for channel in payload["channels"]]}
    if event in TELLS_A_CHANNEL and payload.get("guild_id"):
        return _seen(engine, int(payload["guild_id"]), payload)
    return payload


def changed(engine: Engine, event: str, payload: Mapping[str, Any]) -> Iterator[Json]:
    """After an event about roles: the server's channels anew, for any of them may have come into sight, or gone."""
    somebody_else = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) != engine.bot_user.id
    if event in MAY_CHANGE_WHAT_IS_SEEN and not somebody_else:
        for channel_id in engine.get_guild(int(payload["guild_id"])).channel_ids:
            yield dict(serializers.channel_payload(engine, engine.get_channel(channel_id)))


def _seen(engine: Engine, guild_id: int, channel: Json) -> Json:
    if int(channel["id"]) not in engine.channels or _visible(engine, guild_id, int(channel["id"])):
        return channel
    closed = {"id": str(guild_id), "type": int(OverwriteType.ROLE), "allow": "0", "deny": str(VIEW)}
    return {
        **{key: channel[key] for key in KEPT if key in channel},
        "name": HIDDEN_NAME,
        "topic": None,
        "permission_overwrites": [closed],
        "flags": HIDDEN,
    }


def _visible(engine: Engine, guild_id: int, channel_id: int) -> bool:
    """A category is seen by whoever sees one of its channels."""
    inside = [
        each.id for each in engine.channels.values() if each.parent_id == channel_id and each.guild_id == guild_id
    ]
    is_category = engine.get_channel(channel_id).type == ChannelType.CATEGORY
    looked_at = [channel_id, *inside] if is_category else [channel_id]
    return any(engine.compute_permissions(guild_id, engine.bot_user.id, each) & VIEW for each in looked_at)
