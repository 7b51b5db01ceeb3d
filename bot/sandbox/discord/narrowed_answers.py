"""Answers of simcord with more in them than Discord's: servers with their channels and members, hidden channels."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.hidden_channels import visible_channels
from bot.sandbox.discord.outgoing_objects import without_login_data

OF_A_LISTED_SERVER: Final = ("id", "name", "icon", "banner", "features")


def narrow_answer(backend: DiscordBackend, method: str, path: str, answer: Any) -> Any:  # noqa: ANN401 -- any JSON
    """What Discord would answer of simcord's answer to this request."""
    match [method, *path.strip("/").split("/")]:
        case ["GET" | "PATCH", "guilds", _]:
            return without_login_data(answer)
        case ["GET", "guilds", guild_id, "channels"]:
            return visible_channels(backend, int(guild_id), answer)
        case ["GET", "guilds", guild_id, "threads", "active"]:
            return {**answer, "threads": visible_channels(backend, int(guild_id), answer["threads"])}
        case ["GET", "users", "@me", "guilds"]:
            return [_as_listed(backend, each) for each in answer]
    return answer


def _as_listed(backend: DiscordBackend, server: Mapping[str, Any]) -> dict[str, Any]:
    bot_id = backend.bot_user.id
    permissions = backend.compute_permissions(int(server["id"]), bot_id)
    own = {"owner": server["owner_id"] == str(bot_id), "permissions": str(permissions)}
    return {**{key: server[key] for key in OF_A_LISTED_SERVER}, **own}
