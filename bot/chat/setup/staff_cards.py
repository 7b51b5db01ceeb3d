"""What staff read in their channel about the setup: what was chosen, and what has changed since."""

from collections.abc import Sequence

from bot.chat.setup.checks.problem import SetupProblem, problem_text
from bot.chat.setup.overview_card import audience_lines, people_line, places_line
from bot.chat.ui.layout import Card
from bot.chat.ui.text import fitting_items
from bot.domain.server import Server
from bot.words import Words

MAX_LETTERS = 3000  # of the 4,000 that a card may have


def finished_card(words: Words, server: Server, admin_id: int) -> Card:
    """The choices, who made them, and what to do next."""
    lines = [*audience_lines(words, server), places_line(words, server), people_line(words, server)]
    lines.append(words("chat.setup.finished.by", admin=f"<@{admin_id}>"))
    return Card(
        title=words("chat.setup.finished.title"),
        text="\n".join(lines),
        small=words("chat.setup.finished.commands"),
    )


def changed_card(words: Words, problems: Sequence[SetupProblem]) -> Card:
    """What staff read: all that is wrong now, or that nothing is."""
    lines = [f"- {problem_text(words, problem)}" for problem in problems]
    return Card(
        title=words("chat.setup.changed.title"),
        text="\n".join(fitting_items(lines, MAX_LETTERS, "\n")) or words("chat.setup.changed.well"),
        small=words("chat.setup.changed.small"),
    )
