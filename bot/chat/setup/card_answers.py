"""Shows the card of setup after an answer: only to admins, and one change of a server's settings after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from weakref import WeakValueDictionary

import discord

from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.card_parts import SetupPage
from bot.chat.setup.cards import setup_view
from bot.chat.setup.checks.all_checks import find_problems
from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.steps import Step, step_or_overview
from bot.chat.ui.components import Interaction
from bot.chat.ui.layout import card_view
from bot.chat.ui.notices import NotPossible, not_possible_card
from bot.chat.ui.replies import Replies
from bot.domain.server import Server

Save = Callable[[ServerProfile], Awaitable[SetupResult]]
StepOf = Callable[[Server], Step]
NoteShown = Callable[[Server, discord.Guild], None]

COUNTS_ROLES = frozenset({Step.AUDIENCE, Step.PEOPLE})
SAYS_THAT_IT_CHECKED = frozenset({Step.LOOK, Step.CHECK})
NEEDS_A_GLANCE = frozenset({Step.PLACES, Step.TOPICS})


class CardAnswers:
    """Saves and shows. What was saved is no failure, whatever cannot be looked at afterwards.

    `note_shown` is told what an admin has seen.
    """

    def __init__(self, actions: SetupActions, inspection: Inspection, replies: Replies, note_shown: NoteShown) -> None:
        self._actions = actions
        self._inspection = inspection
        self._replies = replies
        self._note_shown = note_shown
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def open(self, interaction: Interaction, step_of: StepOf) -> None:
        """Show the card as a message of its own."""
        await self._replies.defer(interaction, lambda: self._show(interaction, self._unchanged, step_of))

    async def open_check(self, interaction: Interaction) -> None:
        """Check everything, and show what is wrong as a message of its own."""
        await self._replies.defer(interaction, lambda: self._show(interaction, self.checked, lambda _: Step.CHECK))

    async def show(self, interaction: Interaction, step: Step) -> None:
        """Show a step in place of the card."""
        await self.update(interaction, step, self.checked if step in SAYS_THAT_IT_CHECKED else self._unchanged)

    async def update(self, interaction: Interaction, step: Step, save: Save, *, typed: str = "") -> None:
        """Save, and show a step in place of the card.

        If nothing could be saved, or not over what others have saved meanwhile, the admin gets back what they `typed`.
        """
        await self._replace(interaction, save, lambda _: step, typed=typed)

    async def update_shared(self, interaction: Interaction, step: Step, save: Save, *, typed: str = "") -> None:
        """The same for what `step` and the overview offer: the one from which the admin works is shown."""
        await self._replace(interaction, save, lambda before: step_or_overview(before, step), typed=typed)

    async def checked(self, profile: ServerProfile) -> SetupResult:
        """Save nothing, and say that everything was checked."""
        return SetupResult(server=await self._actions.current(profile), note="checked")

    async def _unchanged(self, profile: ServerProfile) -> SetupResult:
        return SetupResult(server=await self._actions.current(profile))

    async def _replace(self, interaction: Interaction, save: Save, step_of: StepOf, *, typed: str) -> None:
        await self._replies.defer(
            interaction,
            lambda: self._show(interaction, save, step_of, typed=typed),
            in_place=True,
            typed=typed,
        )

    async def _show(self, interaction: Interaction, save: Save, step_of: StepOf, *, typed: str = "") -> None:
        words = self._replies.words_of(interaction)
        if not interaction.permissions.manage_guild:
            refusal = not_possible_card(words, NotPossible("manage_server"))
            await self._replies.show_view(interaction, card_view(refusal))
            return
        guild = guild_of(interaction)
        async with self._locks.setdefault(guild.id, asyncio.Lock()):
            step = step_of(await self._actions.current(profile_of(guild)))
            saved = await save(profile_of(guild))
        facts = await self._facts(interaction.client, saved.server, guild, step)
        result = await self._actions.with_draft(saved, interaction.user.id)
        problems = () if guild.unavailable else find_problems(facts)
        page = SetupPage(step=step, result=result, problems=problems, known_ids=_known_ids(facts), trial=facts.trial)
        await self._replies.show_view(interaction, setup_view(words, page))
        self._note_shown(saved.server, guild)
        if typed and result.note == "words_changed":
            await self._replies.give_back(interaction, typed)

    async def _facts(self, client: discord.Client, server: Server, guild: discord.Guild, step: Step) -> CheckFacts:
        if step in COUNTS_ROLES:
            return await self._inspection.count_roles(server, guild)
        if step in NEEDS_A_GLANCE:
            return self._inspection.glance(server, guild)
        return await self._inspection.look_at_all(client, server, guild)


def guild_of(interaction: Interaction) -> discord.Guild:
    """The server in which the interaction happened."""
    if interaction.guild is None:
        raise TypeError("This interaction did not come from a server.")
    return interaction.guild


def profile_of(guild: discord.Guild) -> ServerProfile:
    """What Discord tells of a server now."""
    alerts = guild.safety_alerts_channel
    return ServerProfile(
        server_id=guild.id,
        name=guild.name,
        locale=str(guild.preferred_locale),
        alerts_channel_id=alerts.id if alerts else None,
    )


def _known_ids(facts: CheckFacts) -> Collection[int]:
    return frozenset({*facts.guild.roles, *facts.guild.channels})
