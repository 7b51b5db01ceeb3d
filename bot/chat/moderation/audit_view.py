"""The audit as a message: what staff did, the newest first, and the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.chat.moderation.custom_ids import SHOW_AUDIT
from bot.chat.moderation.queue_view import page_buttons
from bot.chat.moderation.report_texts import person, quotation
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import date_and_time, escape_markdown
from bot.store.audit import AuditEntry
from bot.words import Words

PER_PAGE: Final = 7
MOST_SENTENCE_LETTERS: Final = 300

View = discord.ui.LayoutView


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditPage:
    """A page of the audit of a server, from 1 on; `has_more`: there is another one after it."""

    server_id: int
    server_name: str
    number: int
    entries: Sequence[AuditEntry]
    has_more: bool


def audit_view(words: Words, page: AuditPage) -> View:
    """The message, as a stopped view."""
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=ACCENT_COLOUR)
    title = words("chat.audit.title", server=escape_markdown(page.server_name))
    container.add_item(discord.ui.TextDisplay(f"### {title}"))
    for entry in page.entries:
        container.add_item(discord.ui.TextDisplay(entry_text(words, entry)))
    if not page.entries:
        container.add_item(discord.ui.TextDisplay(words("chat.audit.nothing")))
    container.add_item(discord.ui.TextDisplay(f"-# {words('chat.audit.small')}"))
    before, after = (SHOW_AUDIT.format(server=page.server_id, page=each) for each in (page.number - 1, page.number + 1))
    buttons = page_buttons(
        words, before, after, number=page.number, pages=page.number + 1 if page.has_more else page.number
    )
    if buttons:
        container.add_item(discord.ui.ActionRow(*buttons))
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def entry_text(words: Words, entry: AuditEntry) -> str:
    """Who did what about whom, when, by which rule, and the sentence."""
    values = {"actor": person(words, entry.actor_id), "about": person(words, entry.about_id)}
    line = f"{date_and_time(entry.at)} {words(f'chat.audit.action.{entry.action}', **values)}"
    if entry.number is not None:
        line += f" {words('chat.audit.report', number=entry.number)}"
    if entry.rule is not None:
        line += f" {words('chat.audit.rule', number=entry.rule)}"
    return f"{line}\n{quotation(entry.sentence, MOST_SENTENCE_LETTERS)}".strip()
