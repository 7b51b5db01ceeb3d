"""Subjects, lengths and languages on the cards of setup, as they were understood."""

from collections.abc import Sequence

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.card_parts import Item, View, setup_button
from bot.chat.ui.text import any_of, escape_markdown, fitting_items, listed
from bot.domain.server import Server, Subject
from bot.words import Words, language_names

MAX_SHOWN = 800  # letters of subjects' names, of the 4,000 that a card may have
BETWEEN_SUBJECTS = " · "


def topics_part(words: Words, server: Server) -> Item:
    """The topics, with the button that opens their form."""
    names = language_names()
    summary = words(
        "chat.setup.topics.text",
        subjects=len(server.subjects),
        lengths=any_of(words, [str(length) for length in server.lengths]),
        languages=listed([names.get(code, code) for code in server.languages]),
    )
    subjects = _shown_subjects(words, server.subjects)
    title = words("chat.setup.titles.topics")
    section: discord.ui.Section[View] = discord.ui.Section(
        f"**{title}**\n-# {summary}\n-# {subjects}",
        accessory=setup_button(words("chat.button.change"), custom_ids.TOPICS, server),
    )
    return section


def _shown_subjects(words: Words, subjects: Sequence[Subject]) -> str:
    """The subjects as they were understood, and which of them form a group; as many as there is room for."""
    names = [f"{escape_markdown(each.name)}{_in_group(each)}" for each in subjects]
    fitting = fitting_items(names, MAX_SHOWN, BETWEEN_SUBJECTS)
    left_out = len(names) - len(fitting)
    more = [words("chat.setup.topics.more", count=left_out)] if left_out else []
    return listed([*fitting, *more], BETWEEN_SUBJECTS)


def _in_group(subject: Subject) -> str:
    return f" ({escape_markdown(subject.group)})" if subject.group else ""
