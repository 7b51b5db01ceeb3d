"""What an admin decides in setup: saved immediately, safe against concurrent changes. No Discord here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.setup.topics import Topics
from bot.domain.server import Audience, Server, Subject
from bot.domain.ticket import USUAL_LENGTHS
from bot.store.servers import ChangedMeanwhile, Servers
from bot.words.languages import spoken_language


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerProfile:
    """The server as Discord describes it now; `locale` is its preferred locale."""

    server_id: int
    name: str
    locale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupResult:
    """The settings after an answer. `note` is the key of a comment, `found` the input it is about."""

    server: Server
    note: str = ""
    found: str = ""


class SetupActions:
    """Reads and saves a server's settings. Each save names the version that the admin saw.

    `first_subjects` are the names of the subjects that a new server starts with.
    """

    def __init__(self, servers: Servers, first_subjects: Sequence[str]) -> None:
        self._servers = servers
        self._first_subjects = first_subjects

    async def current(self, profile: ServerProfile) -> Server:
        """The settings, or those that a new server starts with."""
        return await self._servers.get(profile.server_id) or self._initial(profile)

    async def set_audience(self, profile: ServerProfile, version: int, answer: str) -> SetupResult:
        """Save the audience. "Not sure" counts as some members being under 18."""
        audience = Audience.ADULTS if answer == Audience.ADULTS else Audience.MIXED
        return await self._save(profile, version, audience=audience)

    async def set_channel(self, profile: ServerProfile, version: int, channel_id: int | None) -> SetupResult:
        """Save the channel of the panel, in which members with closed direct messages are mentioned."""
        before = await self.current(profile)
        panel = before.panel_message_id if channel_id == before.channel_id else None
        return await self._save(profile, version, channel_id=channel_id, panel_message_id=panel)

    async def set_role(self, profile: ServerProfile, version: int, role_id: int | None) -> SetupResult:
        """Save which role may be paired; None is everybody."""
        return await self._save(profile, version, role_id=role_id)

    async def set_topics(self, profile: ServerProfile, version: int, topics: Topics) -> SetupResult:
        """Save subjects, lengths and languages."""
        return await self._save(
            profile, version, subjects=topics.subjects, lengths=topics.lengths, languages=topics.languages
        )

    async def set_paused(self, profile: ServerProfile, version: int, *, paused: bool) -> SetupResult:
        """Pause or resume pairing. Current meetings go on."""
        return await self._save(profile, version, paused=paused)

    async def set_panel(self, profile: ServerProfile, version: int, message_id: int) -> SetupResult:
        """Save which message is the panel."""
        return await self._save(profile, version, panel_message_id=message_id)

    async def _save(self, profile: ServerProfile, version: int, **changes: object) -> SetupResult:
        server = await self.current(profile)
        changed = replace(server, name=profile.name, locale=profile.locale, **changes)  # type: ignore[arg-type]  # fields by name
        try:
            return SetupResult(server=await self._servers.save(changed, expected_version=version))
        except ChangedMeanwhile:
            return SetupResult(server=await self.current(profile), note="changed_meanwhile")

    def _initial(self, profile: ServerProfile) -> Server:
        return Server(
            server_id=profile.server_id,
            name=profile.name,
            subjects=tuple(Subject(name=name) for name in self._first_subjects),
            lengths=USUAL_LENGTHS,
            languages=(spoken_language(profile.locale),),
            locale=profile.locale,
        )
