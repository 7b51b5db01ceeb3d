"""The cards of `/privacy`: what is kept, why and for how long; the copy; what a deletion takes and what it leaves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import discord

from bot.chat.privacy import custom_ids
from bot.chat.privacy.copy_file import FILE_NAME
from bot.chat.ui.layout import Button, Card, card_view
from bot.chat.ui.notices import plain_card
from bot.store.personal_data import MOST_ROWS, PersonalCopy
from bot.store.personal_tables import PERSONAL
from bot.store.retention import KEPT_FOR, NAMES_KEPT_FOR
from bot.words import Words

SHOWN_FIRST: Final = ("members", "tickets", "seats", "last_meetings", "outbox", "interactions", "browser_sessions")
"""What every member has; the rest follows in the order of the registry."""

_SPANS: Final = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


def kept_card(words: Words, copy: PersonalCopy) -> Card:
    """What is kept about a member, one line for each kind of thing, with buttons for the copy and the deletion."""
    if not copy.tables:
        return plain_card(words, "privacy.nothing")
    lines = [_line(words, table, len(copy.tables[table])) for table in _spoken_of(copy.tables)]
    return Card(
        title=words("chat.privacy.kept.title"),
        text="\n".join(lines),
        small=words("chat.privacy.kept.small"),
        buttons=(
            Button(label=words("chat.privacy.button.export"), id=custom_ids.EXPORT.format()),
            Button(label=words("chat.privacy.button.ask"), id=custom_ids.ASK.format()),
        ),
    )


def _spoken_of(tables: Mapping[str, object]) -> Sequence[str]:
    ordered = [*SHOWN_FIRST, *(each for each in PERSONAL if each not in SHOWN_FIRST)]
    return [each for each in ordered if each in tables and PERSONAL[each].shown_with is None]


def _line(words: Words, table: str, count: int) -> str:
    kept_as = PERSONAL[table].kept_as
    shown = f"{MOST_ROWS}+" if count == MOST_ROWS else str(count)
    values = {
        "count": shown,
        "names": shown_span(words, NAMES_KEPT_FOR),
        "time": "" if kept_as is None else shown_span(words, KEPT_FOR[kept_as]),
    }
    return f"- {words(f'chat.privacy.kept.{table}', **values)}"


def shown_span(words: Words, span: timedelta) -> str:
    """A length of time in the largest unit of which it is a whole number, such as "30 days"."""
    unit, length = next((unit, length) for unit, length in _SPANS if span % length == timedelta())
    count = span // length
    return words(f"chat.privacy.span.{'one_' if count == 1 else ''}{unit}", count=count)


def copy_view(words: Words, copy: PersonalCopy) -> discord.ui.LayoutView:
    """The card that brings the file, as a stopped view; the file is sent with it."""
    more = [words("chat.privacy.copy.cut", count=MOST_ROWS)] if copy.cut else []
    text = " ".join([words("chat.privacy.copy.text"), *more])
    view = card_view(Card(title=words("chat.privacy.copy.title"), text=text, small=words("chat.privacy.copy.small")))
    view.add_item(discord.ui.File(f"attachment://{FILE_NAME}"))
    return view


def copy_notes(words: Words) -> Sequence[str]:
    """What the file says of itself: what is not in it, and why."""
    return words("chat.privacy.copy.notes").splitlines()


def ask_card(words: Words) -> Card:
    """Asks once: what goes, what stays, and why."""
    values = {"time": shown_span(words, KEPT_FOR["matches"])}
    return Card(
        title=words("chat.privacy.ask.title"),
        text=words("chat.privacy.ask.text", **values),
        small=words("chat.privacy.ask.small"),
        buttons=(Button(label=words("chat.privacy.button.delete"), id=custom_ids.DELETE.format()),),
    )


def deleted_card(words: Words) -> Card:
    """It is done."""
    return plain_card(words, "privacy.deleted")
