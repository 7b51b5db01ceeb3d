"""The card of setup: one step of the wizard, the overview, or the check. It is edited in place."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import discord

from bot.chat.setup.card_parts import Item, Row, SetupPage, View, letters_in, problem_part, step_button, text_part
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.overview_card import overview_buttons, overview_parts
from bot.chat.setup.state import state_line
from bot.chat.setup.step_cards import step_buttons, step_parts
from bot.chat.setup.steps import LAST, Step
from bot.chat.setup.trial_cards import trial_line
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import escape_markdown, time_of_day
from bot.domain.server import is_open
from bot.words import Words

WARNING_COLOUR = 0xB7791F
MAX_CARD_LETTERS = 4000
SHOW_ALL = frozenset({Step.OVERVIEW, Step.LOOK, Step.CHECK})


def setup_view(words: Words, page: SetupPage) -> View:
    """The card with the note about the last answer, as a stopped view: clicks are handled by custom id alone."""
    all_is_well = is_open(page.server) and not page.problems
    container: discord.ui.Container[View] = discord.ui.Container(
        accent_colour=ACCENT_COLOUR if all_is_well else WARNING_COLOUR
    )
    for item in _items(words, page):
        container.add_item(item)
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def shown_problems(page: SetupPage) -> Sequence[SetupProblem]:
    """The problems that belong on this page: a step has its own only."""
    return [problem for problem in page.problems if page.step in SHOW_ALL or problem.step is page.step]


def _items(words: Words, page: SetupPage) -> Iterator[Item]:
    above = [*_head(words, page), *_body(words, page)]
    below: list[Item] = [*_buttons(words, page), text_part(f"-# {_small_print(words, page)}")]
    room = MAX_CARD_LETTERS - letters_in([*above, *below])
    yield from above
    yield discord.ui.Separator()
    yield from problem_part(words, shown_problems(page), room)
    yield from below


def _head(words: Words, page: SetupPage) -> Iterator[Item]:
    yield text_part(f"### {_title(words, page)}\n{state_line(words, page.server, page.problems)}")
    if page.result.note:
        note = "checked_but" if page.result.note == "checked" and page.problems else page.result.note
        values = {"channel": f"<#{page.result.channel_id}>", "until": _time(page.result.until)}
        yield text_part(f"> {words(f'chat.setup.note.{note}', **values)}")
    yield discord.ui.Separator()


def _time(moment: datetime | None) -> str:
    return time_of_day(moment) if moment else ""


def _title(words: Words, page: SetupPage) -> str:
    name = escape_markdown(page.server.name)
    match page.step:
        case Step.OVERVIEW:
            return words("chat.setup.title", server=name)
        case Step.CHECK:
            return words("chat.setup.check_title", server=name)
        case step:
            return words(f"chat.setup.titles.{step.name.lower()}")


def _body(words: Words, page: SetupPage) -> Iterator[Item]:
    match page.step:
        case Step.OVERVIEW:
            yield from overview_parts(words, page)
        case Step.CHECK:
            yield text_part(f"-# {trial_line(words, page.trial)}")
        case _:
            yield from step_parts(words, page)


def _buttons(words: Words, page: SetupPage) -> Iterator[Row]:
    match page.step:
        case Step.OVERVIEW:
            yield from overview_buttons(words, page)
        case Step.CHECK:
            yield Row(
                step_button(words, "setup.check", page.server, Step.CHECK),
                step_button(words, "setup.overview", page.server, Step.OVERVIEW),
            )
        case _:
            yield from step_buttons(words, page)


def _small_print(words: Words, page: SetupPage) -> str:
    match page.step:
        case Step.OVERVIEW:
            return words("chat.setup.small")
        case Step.CHECK:
            return words("chat.setup.commands_hint")
        case step:
            return f"{words('chat.setup.step', number=int(step), last=int(LAST))} · {words('chat.setup.small')}"
