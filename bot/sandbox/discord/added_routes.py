"""Routes that simcord lacks or answers otherwise than Discord: commands, their overrides, members counted by role."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import BackendError

Json = dict[str, Any]

TRANSLATIONS: Final = frozenset({"name_localizations", "description_localizations"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A GET request. `ids`: those in its path, by name; `query`: what follows the path."""

    backend: DiscordBackend
    ids: Mapping[str, int]
    query: Mapping[str, str]


def answer_get(backend: DiscordBackend, path: str, query: Mapping[str, str]) -> Any:  # noqa: ANN401 -- any JSON
    """The answer to a GET request of one of these routes; None for any other route."""
    for pattern, handler in HANDLERS.items():
        if found := re.fullmatch(pattern, path):
            ids = {name: int(value) for name, value in found.groupdict().items() if value is not None}
            return handler(Call(backend=backend, ids=ids, query=query))
    return None


def _list_commands(call: Call) -> list[Json]:
    commands = call.backend.commands.get(call.ids.get("guild"), {}).values()
    if call.query.get("with_localizations") in {"true", "1"}:
        return list(commands)
    return [_without_translations(each) for each in commands]


def _one_command(call: Call) -> Json:
    return call.backend.registered_command(call.ids.get("guild"), call.ids["command"])


def _list_overrides(call: Call) -> list[Json]:
    return list(call.backend.known_overrides(call.ids["guild"]))


def _overrides_of_one(call: Call) -> Json:
    backend, guild_id, command_id = call.backend, call.ids["guild"], call.ids["command"]
    if command_id != backend.application_id:
        registered = {
            int(each["id"]) for scope in (guild_id, None) for each in backend.commands.get(scope, {}).values()
        }
        if command_id not in registered:
            raise BackendError(404, 10063, "Unknown application command")
    overrides = backend.overrides_payload(guild_id, command_id)
    if not overrides["permissions"]:
        raise BackendError(404, 10066, "Unknown application command permissions")
    return overrides


def _count_members_by_role(call: Call) -> dict[str, int]:
    backend, guild = call.backend, call.backend.get_guild(call.ids["guild"])
    backend.require_permissions(guild.id, backend.bot_user.id, None, "manage_roles")
    return {
        str(role_id): sum(role_id in member.role_ids for member in guild.members.values())
        for role_id in guild.roles
        if role_id != guild.id  # @everyone
    }


def _without_translations(command: Json) -> Json:
    kept = {key: value for key, value in command.items() if key not in TRANSLATIONS}
    for below in ("options", "choices"):
        if below in kept:
            kept[below] = [_without_translations(each) for each in kept[below]]
    return kept


APPLICATION: Final = r"/applications/\d+"
IN_GUILD: Final = r"/guilds/(?P<guild>\d+)"
COMMAND: Final = r"/(?P<command>\d+)"
HANDLERS: Final[Mapping[str, Callable[[Call], Any]]] = MappingProxyType(
    {
        f"{APPLICATION}(?:{IN_GUILD})?/commands": _list_commands,
        f"{APPLICATION}(?:{IN_GUILD})?/commands{COMMAND}": _one_command,
        f"{APPLICATION}{IN_GUILD}/commands/permissions": _list_overrides,
        f"{APPLICATION}{IN_GUILD}/commands{COMMAND}/permissions": _overrides_of_one,
        f"{IN_GUILD}/roles/member-counts": _count_members_by_role,
    }
)
