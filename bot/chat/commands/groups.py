"""All commands: the groups with their handlers."""

from collections.abc import Sequence
from typing import Any

from discord import app_commands

from bot.chat.commands.buddy import BuddyGroup
from bot.chat.commands.privacy import PrivacyGroup
from bot.chat.commands.reports import reports_command
from bot.chat.commands.study import StudyGroup
from bot.chat.meeting.handlers import MeetingHandlers
from bot.chat.moderation.handlers import ModerationHandlers
from bot.chat.privacy.handlers import PrivacyHandlers
from bot.chat.safety.handlers import SafetyHandlers
from bot.chat.search.autocomplete import SearchAutocomplete
from bot.chat.search.handlers import SearchHandlers
from bot.chat.setup.handlers import SetupHandlers
from bot.chat.statistics.handlers import StatisticsHandlers

RootCommand = app_commands.Group | app_commands.Command[Any, ..., None]


def all_groups(
    *,
    search: SearchHandlers,
    autocomplete: SearchAutocomplete,
    meeting: MeetingHandlers,
    safety: SafetyHandlers,
    moderation: ModerationHandlers,
    setup: SetupHandlers,
    statistics: StatisticsHandlers,
    privacy: PrivacyHandlers,
) -> Sequence[RootCommand]:
    """Every command or group of commands, with what handles it."""
    study = StudyGroup(search=search, autocomplete=autocomplete, meeting=meeting, safety=safety)
    buddy = BuddyGroup(setup, statistics, moderation)
    return (study, buddy, reports_command(moderation.queue), PrivacyGroup(privacy))
