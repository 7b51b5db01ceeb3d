"""What the page is sent about Discord: all messages, and one snapshot of everything else."""

from collections.abc import Mapping, Sequence

from bot.sandbox.discord.fake_discord import Person
from bot.sandbox.event_feed import Event
from bot.sandbox.part_status import PartStatus
from bot.sandbox.server_snapshot import ServerSnapshot
from bot.sandbox.world import World

DIRECT_CHANNEL = 1  # Discord's type


class PageSnapshot:
    """Builds the snapshot. `web_url`: the web part's address."""

    def __init__(self, world: World, *, web_url: str) -> None:
        self._world = world
        self._fake_discord = world.fake_discord
        self._servers = ServerSnapshot(world)
        self._web_url = web_url

    def build_snapshot(self, statuses: Mapping[str, PartStatus]) -> Event:
        """Servers, people, channels, roles, commands and statuses as JSON; ids are strings, as in Discord's API."""
        bot = self._fake_discord.backend.bot_user
        people = self._fake_discord.people.values()
        servers = self._world.servers
        return {
            "bot": {"id": str(bot.id), "name": bot.global_name},
            "web": self._web_url,
            "servers": [self._servers.describe_server(each) for each in servers],
            "people": [self._person_json(person) for person in people],
            "channels": [
                *(channel for server in servers for channel in self._servers.list_channels(server)),
                *(self._direct_channel_json(person) for person in people),
            ],
            "roles": [role for server in servers for role in self._servers.list_roles(server)],
            "commands": self._fake_discord.registered_commands(),
            "statuses": {part: {"state": status.state, "text": status.text} for part, status in statuses.items()},
        }

    def list_messages(self) -> Sequence[Mapping[str, object]]:
        """All messages, oldest first."""
        return self._fake_discord.all_messages()

    def _person_json(self, person: Person) -> Event:
        return {
            "id": str(person.id),
            "key": person.name.lower(),  # also the person's host name: alice.localhost
            "name": person.name,
            "admin": any(self._world.is_admin(server.id, person.id) for server in self._world.servers),
            "locale": person.locale,
            "closed": person.id in self._fake_discord.backend.closed_to_direct_messages,
        }

    def _direct_channel_json(self, person: Person) -> Event:
        channel_id = self._fake_discord.direct_channel_id(person)
        return {
            "id": str(channel_id),
            "type": DIRECT_CHANNEL,
            "direct": True,
            "readers": [str(person.id)],
            "commands": self._servers.offered_commands(person.id, channel_id),
        }
