"""What an admin decides in setup: saved immediately, safe against concurrent changes. No Discord here."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.chat.discord_limits import MAX_PLACE_NAME_LETTERS
from bot.chat.setup.topics import (
    Draft,
    Mistake,
    TypedTopics,
    digest_of,
    read_topics,
    topics_of,
    typed_topics,
    write_topics,
)
from bot.clock import Clock
from bot.domain.display_name import clean_display_name
from bot.domain.gate import Gate
from bot.domain.server import Audience, Server, Subject, lacks_required_role, pools_are_separated
from bot.domain.ticket import USUAL_LENGTHS
from bot.store import StoreUnavailable
from bot.store.servers import ChangedMeanwhile, Servers
from bot.store.setup_drafts import SetupDrafts
from bot.store.tickets import Tickets
from bot.words.languages import spoken_language

WordsValue = str | tuple[str, ...] | None

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerProfile:
    """The server as Discord describes it now; `locale` is its preferred locale.

    `alerts_channel_id`: where Discord itself tells its admins of dangers, None if they chose no channel for that.
    """

    server_id: int
    name: str
    locale: str
    alerts_channel_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupResult:
    """The settings after an answer. `note` is the key of a comment, `channel_id` the channel and `until` the time that
    it is about.

    `has_draft`: the admin typed topics that are not saved, perhaps because of `mistakes`.
    """

    server: Server
    note: str = ""
    channel_id: int | None = None
    until: datetime | None = None
    has_draft: bool = False
    mistakes: tuple[Mistake, ...] = ()


class SetupActions:
    """Reads and saves a server's settings. Each save names the version that the admin saw.

    `first_subjects` are the names of the subjects that a new server starts with, `language_names` those of languages by
    code.
    """

    def __init__(
        self,
        *,
        servers: Servers,
        drafts: SetupDrafts,
        tickets: Tickets,
        clock: Clock,
        first_subjects: Sequence[str],
        language_names: Mapping[str, str],
    ) -> None:
        self._servers = servers
        self._drafts = drafts
        self._tickets = tickets
        self._clock = clock
        self._first_subjects = first_subjects
        self._language_names = language_names

    async def current(self, profile: ServerProfile) -> Server:
        """The settings, or those that a new server starts with."""
        return await self._servers.get(profile.server_id) or self._initial(profile)

    async def set_audience(self, profile: ServerProfile, version: int, answer: str) -> SetupResult:
        """Save the audience. Not being sure counts as if some members were under 18.

        If that separates pools while members wait, the admin is told that these searches end.
        """
        before = await self.current(profile)
        waiting = await self._tickets.count_waiting_in(profile.server_id)
        result = await self._save(profile, version, audience=Audience(answer))
        separates = pools_are_separated(result.server) and not pools_are_separated(before)
        return replace(result, note="searches_end") if separates and waiting and not result.note else result

    async def set_channel(self, profile: ServerProfile, version: int, channel_id: int | None) -> SetupResult:
        """Save the channel of the panel, in which members with closed direct messages are mentioned."""
        before = await self.current(profile)
        panel = before.panel_message_id if channel_id == before.channel_id else None
        return await self._save(profile, version, channel_id=channel_id, panel_message_id=panel)

    async def choose(self, profile: ServerProfile, version: int, **chosen: int | Gate | bool | None) -> SetupResult:
        """Save roles, the staff channel, the gate, or how pictures are shown, by the name of their field in Server.

        A gate that asks for a role is saved only with one, and the role stays as long as such a gate.
        """
        server = await self.current(profile)
        changed = replace(server, **chosen)  # type: ignore[arg-type]  # fields by name
        if lacks_required_role(changed) and not lacks_required_role(server):
            return SetupResult(server=server, note="gate_needs_role" if "gate" in chosen else "role_stays")
        return await self._save(profile, version, **chosen)

    async def set_words(self, profile: ServerProfile, shown: str, field: str, value: WordsValue) -> SetupResult:
        """Save the server's own words for panel or rules, None for ours, over the words whose digest is `shown`.

        Other rules are a new version of them. If another admin has changed the words since, nothing is saved.
        """
        while True:
            server = await self.current(profile)
            if getattr(server, field) == value:
                return SetupResult(server=server, note="words_saved")
            if shown != digest_of(own_words(server)):
                return SetupResult(server=server, note="words_changed")
            version = server.rules_version + (1 if field == "rules" else 0)
            changed = _described(server, profile, **{field: value}, rules_version=version)
            try:
                saved = await self._servers.save(changed, expected_version=server.version)
            except ChangedMeanwhile:
                continue
            return SetupResult(server=saved, note="words_saved")

    async def set_topics(self, profile: ServerProfile, admin_id: int, shown: str, typed: TypedTopics) -> SetupResult:
        """Save what was typed for subjects, lengths and languages over the topics whose digest is `shown`.

        First of all the text is kept as the admin's draft, until all of it is saved. Fields with a mistake keep their
        value. If somebody else has changed the topics meanwhile, nothing is saved, and the admin is told: the draft
        is over the topics that they see now.
        """
        await self._keep_draft(profile, admin_id, Draft(typed=typed, shown=shown))
        while True:
            server = await self.current(profile)
            before = topics_of(server)
            topics, mistakes = read_topics(typed, language_names=self._language_names, current=before)
            if shown != digest_of(before) and topics != before:
                await self._keep_draft(profile, admin_id, Draft(typed=typed, shown=digest_of(before)))
                return SetupResult(server=server, note="topics_changed", has_draft=True, mistakes=mistakes)
            changed = _described(
                server, profile, subjects=topics.subjects, lengths=topics.lengths, languages=topics.languages
            )
            draft_of = None if mistakes else admin_id
            try:
                saved = await self._servers.save(changed, expected_version=server.version, draft_of=draft_of)
            except ChangedMeanwhile:
                continue
            if not mistakes:
                as_shown = server.version > 0 and shown == digest_of(before) and typed == self.typed_now(server)
                return SetupResult(server=saved, note="topics_unchanged" if as_shown else "topics_saved")
            await self._keep_draft(profile, admin_id, Draft(typed=typed, shown=digest_of(topics)))
            return SetupResult(server=saved, has_draft=True, mistakes=mistakes)

    def typed_now(self, server: Server) -> TypedTopics:
        """The current topics as an admin would type them."""
        return write_topics(topics_of(server), language_names=self._language_names)

    async def find_draft(self, server_id: int, admin_id: int) -> Draft | None:
        """What this admin typed and is not saved, or None."""
        fields = await self._drafts.find(server_id, admin_id)
        return None if fields is None else Draft(typed=typed_topics(fields), shown=fields.get("shown", ""))

    async def discard_draft(self, profile: ServerProfile, admin_id: int) -> SetupResult:
        """Forget what this admin typed and is not saved."""
        await self._drafts.delete(profile.server_id, admin_id)
        return SetupResult(server=await self.current(profile))

    async def with_draft(self, result: SetupResult, admin_id: int) -> SetupResult:
        """The result together with what this admin typed and is not saved, and every mistake in it.

        While the store does not answer, the result alone: what was saved is no failure.
        """
        if result.has_draft:
            return result
        try:
            draft = await self.find_draft(result.server.server_id, admin_id)
        except StoreUnavailable as unavailable:
            log.warning("whether an admin has typed something that is not saved is not known: %s", unavailable)
            return result
        if draft is None:
            return result
        _, mistakes = read_topics(draft.typed, language_names=self._language_names, current=topics_of(result.server))
        return replace(result, has_draft=True, mistakes=mistakes)

    async def set_paused(self, profile: ServerProfile, version: int, *, paused: bool) -> SetupResult:
        """Pause or resume pairing. Current meetings go on."""
        return await self._save(profile, version, paused=paused)

    async def set_panel(self, profile: ServerProfile, version: int, message_id: int) -> SetupResult:
        """Save which message is the panel."""
        return await self._save(profile, version, panel_message_id=message_id)

    async def _keep_draft(self, profile: ServerProfile, admin_id: int, draft: Draft) -> None:
        fields = {**asdict(draft.typed), "shown": draft.shown}
        await self._drafts.save(profile.server_id, admin_id, fields, self._clock.now())

    async def _save(self, profile: ServerProfile, version: int, **changes: object) -> SetupResult:
        changed = _described(await self.current(profile), profile, **changes)
        try:
            posts_panel = changes.get("panel_message_id") is not None
            saved = await self._servers.save(changed, expected_version=version, posts_panel=posts_panel)
            return SetupResult(server=saved)
        except ChangedMeanwhile:
            server = await self.current(profile)
            holds_already = all(getattr(server, name) == value for name, value in changes.items())  # a second click
            return SetupResult(server=server, note="" if holds_already else "changed_meanwhile")

    def _initial(self, profile: ServerProfile) -> Server:
        unnamed = Server(
            server_id=profile.server_id,
            name="",
            subjects=tuple(Subject(name=name) for name in self._first_subjects),
            lengths=USUAL_LENGTHS,
            languages=(spoken_language(profile.locale),),
            gate=Gate.CAREFUL,
            staff_channel_id=profile.alerts_channel_id,
        )
        return _described(unnamed, profile)


def own_words(server: Server) -> tuple[WordsValue, ...]:
    """The server's own words, of which a digest tells whether they have changed."""
    return (server.panel_text, server.rules)


def _described(server: Server, profile: ServerProfile, **changes: object) -> Server:
    """The settings with these changes, and with the server's name and locale as Discord tells them now."""
    name = clean_display_name(profile.name, fallback=str(profile.server_id), max_letters=MAX_PLACE_NAME_LETTERS)
    return replace(server, name=name, locale=profile.locale, **changes)  # type: ignore[arg-type]  # fields by name
