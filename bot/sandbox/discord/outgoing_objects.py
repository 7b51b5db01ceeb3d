"""Completes what simcord sends of messages, members, roles and servers: files that are shown, flags, omissions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.sandbox.discord.server_flags import ServerFlags
from bot.sandbox.discord.simcord_internals import walk_components

Json = dict[str, Any]

ONLY_AT_LOGIN: Final = frozenset(
    {
        "channels", "guild_scheduled_events", "joined_at", "large", "member_count", "members", "presences",
        "soundboard_sounds", "stage_instances", "threads", "unavailable", "voice_states",
    }
)  # fmt: skip
"""What a server has in GUILD_CREATE only: it is no part of the server in other events and answers."""


def complete_objects(flags: ServerFlags, payload: object, guild_id: int) -> None:
    """Complete each message, member, role and server in the payload in place; its members are those of one server."""
    for each in json_objects(payload):
        match each:
            case {"attachments": [*_], "components": [*_]}:
                hide_shown_files(each)
            case {"joined_at": _, "user": {"id": user_id}}:
                each["flags"] = flags.member_flags(guild_id, int(user_id))
            case {"hoist": _, "permissions": _, "id": role_id}:
                each["flags"] = flags.role_flags(int(role_id))
            case {"owner_id": _, "preferred_locale": _, "id": server_id}:
                channel_id = flags.safety_channel(int(server_id))
                each["safety_alerts_channel_id"] = None if channel_id is None else str(channel_id)
        for user_id, member in _members_without_user(each):
            member["flags"] = flags.member_flags(guild_id, int(user_id))


def _members_without_user(found: Json) -> Iterator[tuple[str, Json]]:
    """Yield the members whose id stands elsewhere: the author of a message, and those an interaction refers to."""
    if isinstance(found.get("author"), dict) and isinstance(found.get("member"), dict):
        yield found["author"]["id"], found["member"]
    if isinstance(found.get("members"), dict):
        yield from found["members"].items()


def hide_shown_files(message: Json) -> None:
    """Leave out the files that the message's components show: Discord does not list them as attachments."""
    shown = {part.get("attachment_id") for part in json_objects(list(walk_components(message["components"])))}
    message["attachments"] = [each for each in message["attachments"] if each["id"] not in shown]


def without_login_data(server: Mapping[str, Any]) -> Json:
    """A server as it is in all but GUILD_CREATE."""
    return {key: value for key, value in server.items() if key not in ONLY_AT_LOGIN}


def json_objects(payload: object) -> Iterator[Json]:
    """Yield every object in the payload, outer ones first."""
    if isinstance(payload, dict):
        yield payload
    values = payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    for each in list(values):
        yield from json_objects(each)
