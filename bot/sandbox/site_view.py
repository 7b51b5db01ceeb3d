"""The stand-in's world as the page is told of it: messages, and the stage, which is all the rest in one value."""

from collections.abc import Mapping, Sequence

from bot.sandbox.discord.world import Person, World
from bot.sandbox.lights import Light
from bot.sandbox.site_feed import Event

TEXT, DIRECT = 0, 1


def key_of(person: Person) -> str:
    """What a person is called in addresses: "alice"."""
    return person.name.lower()


class View:
    """Draws the stage. `channels` are the server's, in the list's order; `web` is where the page students see is."""

    def __init__(self, world: World, *, channels: Sequence[int], web: str) -> None:
        self._world = world
        self._channels = channels
        self._web = web

    def stage(self, lights: Mapping[str, Light]) -> Event:
        """People, channels, roles, commands, lights; ids are text, as in Discord."""
        world = self._world
        bot = world.engine.bot_user
        return {
            "server": {"id": str(world.guild_id), "name": world.engine.get_guild(world.guild_id).name},
            "bot": {"id": str(bot.id), "name": bot.global_name},
            "web": self._web,
            "people": [self._person(person) for person in world.people.values()],
            "channels": [
                *(self._channel(channel_id) for channel_id in self._channels),
                *(self._direct(person) for person in world.people.values()),
            ],
            "roles": self._roles(),
            "commands": world.commands(),
            "lights": {name: {"state": light.state, "words": light.words} for name, light in lights.items()},
        }

    def messages(self) -> Sequence[Mapping[str, object]]:
        """All messages, oldest first."""
        return self._world.everything()

    def _person(self, person: Person) -> Event:
        return {
            "id": str(person.id),
            "key": key_of(person),
            "name": person.name,
            "admin": person.admin,
            "locale": person.locale,
            "closed": person.id in self._world.engine.closed_to_direct_messages,
        }

    def _channel(self, channel_id: int) -> Event:
        channel = self._world.engine.get_channel(channel_id)
        readers = self._world.readers(channel_id)
        return {
            "id": str(channel_id),
            "type": TEXT,
            "name": channel.name,
            "topic": channel.topic,
            "locked": len(readers) < len(self._world.people),
            "readers": [str(reader) for reader in readers],
        }

    def _direct(self, person: Person) -> Event:
        channel_id = self._world.direct_channel(person)
        return {"id": str(channel_id), "type": DIRECT, "direct": True, "readers": [str(person.id)]}

    def _roles(self) -> list[Event]:
        roles = self._world.engine.get_guild(self._world.guild_id).roles.values()
        return [{"id": str(role.id), "name": role.name.lstrip("@")} for role in roles if not role.managed]
