"""What the gateway tells of members: answers to requests by ids, and the events that only moderators may see."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import discord

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.outgoing_objects import complete_objects
from bot.sandbox.discord.simcord_internals import member_payload

MAX_MEMBERS_ASKED: Final = 100
AUDIT_LOG: Final = discord.Permissions(view_audit_log=True).value
BANS: Final = AUDIT_LOG | discord.Permissions(ban_members=True).value
ONE_OF_THESE_PERMISSIONS: Final[Mapping[str, int]] = MappingProxyType(
    {"GUILD_BAN_ADD": BANS, "GUILD_BAN_REMOVE": BANS, "GUILD_AUDIT_LOG_ENTRY_CREATE": AUDIT_LOG}
)

Json = dict[str, Any]


def bot_may_see(backend: DiscordBackend, event: str, guild_id: int) -> bool:
    """Whether the bot's permissions in the server let it see an event of this name."""
    needed = ONE_OF_THESE_PERMISSIONS.get(event)
    return needed is None or bool(backend.compute_permissions(guild_id, backend.bot_user.id) & needed)


def members_chunk(backend: DiscordBackend, request: Mapping[str, Any]) -> Json | None:
    """The payload that answers a request for members by their ids; None where Discord would not answer."""
    guild = backend.guilds.get(int(request["guild_id"]))
    asked = request.get("user_ids") or []
    user_ids = [int(each) for each in (asked if isinstance(asked, list) else [asked])]
    if guild is None or not 0 < len(user_ids) <= MAX_MEMBERS_ASKED:
        return None
    members = [guild.members[each] for each in user_ids if each in guild.members]
    chunk: Json = {
        "guild_id": str(guild.id),
        "members": [dict(member_payload(backend, guild, each)) for each in members],
        "not_found": [str(each) for each in user_ids if each not in guild.members],
        "chunk_index": 0,
        "chunk_count": 1,
        "nonce": request.get("nonce"),
    }
    complete_objects(backend, chunk, guild.id)
    return chunk
