"""`/study`: what members type. Options are exactly those of the interface; the rest is the actions' business."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.chat import cards, people
from bot.chat.actions.blocking import Blocking
from bot.chat.actions.meetings import Meetings
from bot.chat.actions.search import Search
from bot.chat.answers import Answer, No
from bot.chat.commands.spoken import choices, text
from bot.chat.conversation import Conversation, Interaction
from bot.chat.wishes import Asked
from bot.domain.ticket import ANY, LONGEST_WAIT_MINUTES

MOST_CHOICES = 25


class Study(app_commands.Group):
    """The group `/study`."""

    def __init__(self, *, search: Search, meetings: Meetings, blocking: Blocking, conversation: Conversation) -> None:
        super().__init__(name=text("commands.study.name"), description=text("commands.study.describe"), guild_only=True)
        self._search = search
        self._meetings = meetings
        self._blocking = blocking
        self._conversation = conversation

    @app_commands.command(name=text("commands.now.name"), description=text("commands.now.describe"))
    @app_commands.rename(**{name: text(f"options.{name}.name") for name in Asked.__dataclass_fields__})
    @app_commands.describe(**{name: text(f"options.{name}.describe") for name in Asked.__dataclass_fields__})
    @app_commands.choices(
        style=choices("style", "quiet", "talk", "any"),
        camera=choices("camera", "off", "on", "any"),
        level=choices("level", "beginner", "intermediate", "advanced", "any"),
    )
    async def now(  # noqa: PLR0917  # the library passes an interaction first; the rest it gives by name
        self,
        interaction: Interaction,
        subject: str | None = None,
        length: str | None = None,
        style: str | None = None,
        camera: str | None = None,
        level: str | None = None,
        language: str | None = None,
        wait: app_commands.Range[int, 1, LONGEST_WAIT_MINUTES] | None = None,
    ) -> None:
        """Find a partner now."""
        asked = Asked(
            subject=subject, length=length, style=style, camera=camera, level=level, language=language, wait=wait
        )
        who = people.in_server(interaction, self._conversation.words(interaction))
        await self._conversation.answer(interaction, lambda: self._search.now(who, asked))

    @now.autocomplete("subject")
    async def _subjects(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        server = await self._search.server(interaction.guild_id or 0)
        if server is None:
            return []
        last = await self._search.wishes_of(interaction.user.id)
        names = [subject.name for subject in server.subjects]
        any_subject = self._conversation.words(interaction)("chat.any_subject")
        return subject_choices(names, typed, last=last.subject if last else None, any_subject=any_subject)

    @now.autocomplete("language")
    async def _languages(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        server = await self._search.server(interaction.guild_id or 0)
        words = self._conversation.words(interaction)
        named = [(cards.language(words, code), code) for code in (server.languages if server else ())]
        return [Choice(name=name, value=code) for name, code in named if _fits(typed, name)][:MOST_CHOICES]

    @app_commands.command(name=text("commands.status.name"), description=text("commands.status.describe"))
    async def status(self, interaction: Interaction) -> None:
        """The search, or the meeting."""
        here = interaction.guild_id
        await self._conversation.answer(interaction, lambda: self._search.status(interaction.user.id, here=here))

    @app_commands.command(name=text("commands.leave.name"), description=text("commands.leave.describe"))
    async def leave(self, interaction: Interaction) -> None:
        """Out of the line, or out of the match."""
        here = interaction.guild_id
        await self._conversation.answer(
            interaction, lambda: self._search.leave(interaction.user.id, here=here), card=False
        )

    @app_commands.command(name=text("commands.link.name"), description=text("commands.link.describe"))
    async def link(self, interaction: Interaction) -> None:
        """A new link for the running match."""
        await self._conversation.answer(interaction, lambda: self._meetings.link(interaction.user.id))

    @app_commands.command(name=text("commands.block.name"), description=text("commands.block.describe"))
    @app_commands.rename(member=text("options.member.name"))
    @app_commands.describe(member=text("options.member.describe"))
    async def block(self, interaction: Interaction, member: discord.User) -> None:
        """Never be paired with this member."""

        async def block() -> Answer:
            return No(reason="app") if member.bot else await self._blocking.block(interaction.user.id, member.id)

        await self._conversation.answer(interaction, block, card=False)

    @app_commands.command(name=text("commands.unblock.name"), description=text("commands.unblock.describe"))
    @app_commands.rename(member=text("options.member.name"))
    @app_commands.describe(member=text("options.member.describe"))
    async def unblock(self, interaction: Interaction, member: discord.User) -> None:
        """Take a block back."""
        await self._conversation.answer(
            interaction, lambda: self._blocking.unblock(interaction.user.id, member.id), card=False
        )


def subject_choices(names: Sequence[str], typed: str, *, last: str | None, any_subject: str) -> list[Choice[str]]:
    """At most 25: the last one, those that begin with what is typed, those that contain it; any at the end."""
    fitting = [name for name in names if _fits(typed, name)]
    wanted = typed.strip().casefold()
    fitting.sort(key=lambda name: (name != last, not name.casefold().startswith(wanted)))
    offered = [Choice(name=name[:100], value=name[:100]) for name in fitting[: MOST_CHOICES - 1]]
    return [*offered, Choice(name=any_subject, value=ANY)]


def _fits(typed: str, name: str) -> bool:
    return typed.strip().casefold() in name.casefold()
