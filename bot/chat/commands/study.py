"""`/study`, for members: in servers and in the bot's direct messages."""

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat.commands.translations import translated, translated_choices, translated_options
from bot.chat.discord_limits import MAX_CHOICE_LETTERS
from bot.chat.meeting.handlers import MeetingHandlers
from bot.chat.safety.handlers import SafetyHandlers
from bot.chat.search.autocomplete import SearchAutocomplete
from bot.chat.search.handlers import SearchHandlers
from bot.chat.search.options import CHOICE_OPTIONS, chosen_codes
from bot.chat.search.wishes import RawWishes
from bot.chat.ui.components import Interaction
from bot.domain.ticket import LONGEST_WAIT_MINUTES, SHORTEST_WAIT_MINUTES

TypedText = app_commands.Range[str, 1, MAX_CHOICE_LETTERS]


class StudyGroup(app_commands.Group):
    """The group `/study`."""

    def __init__(
        self,
        *,
        search: SearchHandlers,
        autocomplete: SearchAutocomplete,
        meeting: MeetingHandlers,
        safety: SafetyHandlers,
    ) -> None:
        super().__init__(
            name=translated("commands.study.name"),
            description=translated("commands.study.describe"),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._search = search
        self._autocomplete = autocomplete
        self._meeting = meeting
        self._safety = safety

    @app_commands.command(name=translated("commands.now.name"), description=translated("commands.now.describe"))
    @app_commands.choices(**{option.name: translated_choices(option.name, option.codes) for option in CHOICE_OPTIONS})
    @translated_options
    async def now(  # noqa: PLR0917  # the library passes an interaction first; the rest it gives by name
        self,
        interaction: Interaction,
        subject: TypedText | None = None,
        length: TypedText | None = None,
        style: str | None = None,
        camera: str | None = None,
        level: str | None = None,
        language: TypedText | None = None,
        wait: app_commands.Range[int, SHORTEST_WAIT_MINUTES, LONGEST_WAIT_MINUTES] | None = None,
    ) -> None:
        """Find a partner now."""
        choices = chosen_codes({"style": style, "camera": camera, "level": level})
        raw = RawWishes(subject=subject, length=length, language=language, wait=wait, choices=choices)
        await self._search.start(interaction, raw)

    @now.autocomplete("subject")
    async def _subjects(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        return await self._autocomplete.subjects(interaction, typed)

    @now.autocomplete("length")
    async def _lengths(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        return await self._autocomplete.lengths(interaction, typed)

    @now.autocomplete("language")
    async def _languages(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        return await self._autocomplete.languages(interaction, typed)

    @app_commands.command(name=translated("commands.status.name"), description=translated("commands.status.describe"))
    async def status(self, interaction: Interaction) -> None:
        """Show the search, or the live match."""
        await self._search.show_status(interaction)

    @app_commands.command(name=translated("commands.leave.name"), description=translated("commands.leave.describe"))
    async def leave(self, interaction: Interaction) -> None:
        """Stop waiting, or give up the seat in the live match."""
        await self._search.leave(interaction)

    @app_commands.command(name=translated("commands.link.name"), description=translated("commands.link.describe"))
    async def link(self, interaction: Interaction) -> None:
        """Get a new link to the live match."""
        await self._meeting.show_new_link(interaction)

    @app_commands.command(name=translated("commands.block.name"), description=translated("commands.block.describe"))
    @translated_options
    async def block(self, interaction: Interaction, member: discord.User | None = None) -> None:
        """Never be paired with a member, by default the last partner."""
        await self._safety.block(interaction, member)

    @app_commands.command(name=translated("commands.unblock.name"), description=translated("commands.unblock.describe"))
    @translated_options
    async def unblock(self, interaction: Interaction, member: discord.User) -> None:
        """Remove a block."""
        await self._safety.unblock(interaction, member)

    @app_commands.command(name=translated("commands.report.name"), description=translated("commands.report.describe"))
    @translated_options
    async def report(self, interaction: Interaction, partner: TypedText | None = None) -> None:
        """Report a member with whom one was matched, by default the last partner."""
        await self._safety.reports.report(interaction, partner)

    @report.autocomplete("partner")
    async def _partners(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        return await self._safety.reports.suggest_partners(interaction, typed)
