"""Command overrides: whom a server's Integrations settings let use the app's commands, and where."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.discord.simcord_internals import Backend, BackendError

Json = dict[str, Any]


class CommandOverrides(Backend):
    """A backend that tells the bot of overrides, as Discord does."""

    def set_command_permissions(self, guild_id: int, command_id: int, permissions: list[Json]) -> None:
        """Set the overrides of a command, or of all of them with the application's id; none of them if empty."""
        super().set_command_permissions(guild_id, command_id, permissions)
        if not permissions:
            del self.command_permissions[guild_id, command_id]
        self.emit("APPLICATION_COMMAND_PERMISSIONS_UPDATE", self.overrides_payload(guild_id, command_id))

    def overrides_payload(self, guild_id: int, command_id: int) -> Json:
        """The overrides of a command or of the application in a server, as Discord sends them."""
        return {
            "id": str(command_id),
            "application_id": str(self.application_id),
            "guild_id": str(guild_id),
            "permissions": [dict(each) for each in self.get_command_permissions(guild_id, command_id) or ()],
        }

    def known_overrides(self, guild_id: int) -> Iterator[Json]:
        """Yield the overrides of each command of a server that has some, the application's among them."""
        for server_id, command_id in self.command_permissions:
            if server_id == guild_id:
                yield self.overrides_payload(guild_id, command_id)

    def registered_command(self, guild_id: int | None, command_id: int) -> Json:
        """A command of a server, or a global one if None. Raises 10063 if the bot has not registered it."""
        for command in self.commands.get(guild_id, {}).values():
            if int(command["id"]) == command_id:
                return command
        raise BackendError(404, 10063, "Unknown application command")
