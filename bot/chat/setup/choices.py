"""What an admin chooses, saved at once and guarded against another admin who does the same. No Discord here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.setup.topics import Topics
from bot.domain.server import Audience, Server, Subject
from bot.store.servers import ChangedMeanwhile, Servers

FIRST_LENGTHS = (25, 50)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The server as Discord describes it now; `locale` is its preferred one."""

    server_id: int
    name: str
    locale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """The settings as they stand; `note` names what to say about the last answer, `found` the piece it is about."""

    server: Server
    note: str = ""
    found: str = ""


class Choices:
    """Reads and saves a server's settings."""

    def __init__(self, servers: Servers, first_subjects: Sequence[str]) -> None:
        self._servers = servers
        self._first_subjects = first_subjects

    async def now(self, place: Place) -> Server:
        """The settings, or those that a new server starts with."""
        return await self._servers.get(place.server_id) or self._first(place)

    async def audience(self, place: Place, version: int, answer: str) -> Saved:
        """Who is in this server. Not being sure counts as some being under 18."""
        return await self._save(
            place, version, audience=Audience.ADULTS if answer == Audience.ADULTS else Audience.MIXED
        )

    async def channel(self, place: Place, version: int, channel_id: int | None) -> Saved:
        """Where the panel stands and where members are mentioned whose messages are closed."""
        before = await self.now(place)
        panel = before.panel_message_id if channel_id == before.channel_id else None
        return await self._save(place, version, channel_id=channel_id, panel_message_id=panel)

    async def role(self, place: Place, version: int, role_id: int | None) -> Saved:
        """Which role may be paired; None is everybody."""
        return await self._save(place, version, role_id=role_id)

    async def topics(self, place: Place, version: int, topics: Topics) -> Saved:
        """Subjects, lengths and languages."""
        return await self._save(
            place, version, subjects=topics.subjects, lengths=topics.lengths, languages=topics.languages
        )

    async def paused(self, place: Place, version: int, *, paused: bool) -> Saved:
        """Pairing stops for new tickets, or goes on."""
        return await self._save(place, version, paused=paused)

    async def panel(self, place: Place, version: int, message_id: int) -> Saved:
        """The panel stands as this message."""
        return await self._save(place, version, panel_message_id=message_id)

    async def _save(self, place: Place, version: int, **changes: object) -> Saved:
        server = await self.now(place)
        changed = replace(server, name=place.name, locale=place.locale, **changes)  # type: ignore[arg-type]  # fields by name
        try:
            return Saved(server=await self._servers.save(changed, expected_version=version))
        except ChangedMeanwhile:
            return Saved(server=await self.now(place), note="changed_meanwhile")

    def _first(self, place: Place) -> Server:
        return Server(
            server_id=place.server_id,
            name=place.name,
            subjects=tuple(Subject(name=name) for name in self._first_subjects),
            lengths=FIRST_LENGTHS,
            languages=(place.locale.partition("-")[0],),
            locale=place.locale,
        )
