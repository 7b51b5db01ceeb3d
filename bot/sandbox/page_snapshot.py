"""What the page is sent about the server: all messages, and one snapshot of everything else."""

from collections.abc import Mapping, Sequence

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.event_feed import Event
from bot.sandbox.part_status import PartStatus

TEXT_CHANNEL, DIRECT_CHANNEL = 0, 1  # Discord's channel types


class PageSnapshot:
    """Builds the snapshot.

    `channels`: the ids of the server's channels, in the order of the page's list. `web_url`: the web part's address.
    """

    def __init__(self, fake_discord: FakeDiscord, *, channels: Sequence[int], web_url: str) -> None:
        self._fake_discord = fake_discord
        self._channels = channels
        self._web_url = web_url

    def build_snapshot(self, statuses: Mapping[str, PartStatus]) -> Event:
        """People, channels, roles, commands and statuses as JSON; ids are strings, as in Discord's API."""
        fake_discord = self._fake_discord
        bot = fake_discord.backend.bot_user
        people = fake_discord.people.values()
        guild = fake_discord.backend.get_guild(fake_discord.guild_id)
        return {
            "server": {"id": str(guild.id), "name": guild.name},
            "bot": {"id": str(bot.id), "name": bot.global_name},
            "web": self._web_url,
            "people": [self._person_json(person) for person in people],
            "channels": [
                *(self._channel_json(channel_id) for channel_id in self._channels),
                *(self._direct_channel_json(person) for person in people),
            ],
            "roles": [
                {"id": str(role.id), "name": role.name.lstrip("@")} for role in guild.roles.values() if not role.managed
            ],
            "commands": fake_discord.registered_commands(),
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
            "admin": person.admin,
            "locale": person.locale,
            "closed": person.id in self._fake_discord.backend.closed_to_direct_messages,
        }

    def _channel_json(self, channel_id: int) -> Event:
        channel = self._fake_discord.backend.get_channel(channel_id)
        readers = self._fake_discord.channel_readers(channel_id)
        return {
            "id": str(channel_id),
            "type": TEXT_CHANNEL,
            "name": channel.name,
            "topic": channel.topic,
            "locked": len(readers) < len(self._fake_discord.people),
            "readers": [str(reader) for reader in readers],
        }

    def _direct_channel_json(self, person: Person) -> Event:
        channel_id = self._fake_discord.direct_channel_id(person)
        return {"id": str(channel_id), "type": DIRECT_CHANNEL, "direct": True, "readers": [str(person.id)]}
