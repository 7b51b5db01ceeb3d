"""The list of reports as a message: what waits, with a button to open each, and the pages."""

import discord

from bot.chat.moderation import custom_ids
from bot.chat.moderation.queue import QueueEntry, QueuePage
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import escape_markdown, listed, time_of_day, time_passed
from bot.domain.server import Server
from bot.words import Words

View = discord.ui.LayoutView
BETWEEN = " · "


def queue_view(words: Words, server: Server, page: QueuePage, note: str = "") -> View:
    """The message, as a stopped view. `note` stands first: what the reader has just done."""
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=ACCENT_COLOUR)
    title = words("chat.reports.title", server=escape_markdown(server.name))
    lines = [f"### {title}", *([note] if note else []), _figures(words, page)]
    container.add_item(discord.ui.TextDisplay("\n".join(lines)))
    for entry in page.entries:
        button: discord.ui.Button[View] = discord.ui.Button(
            label=words("chat.button.open_report"), custom_id=_opens(server.server_id, entry)
        )
        container.add_item(discord.ui.Section(entry_line(words, page, entry), accessory=button))
    container.add_item(_pages(words, server.server_id, page))
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def entry_line(words: Words, page: QueuePage, entry: QueueEntry) -> str:
    """Number, reason, since when, and how it stands; of whoever is concerned it has nothing."""
    report = entry.report
    name = "appeal" if entry.appeal_of is not None else "report"
    first = words(f"chat.reports.{name}", number=report.number)
    return listed(
        (
            f"**{first}**",
            words(f"chat.report.reason.{report.reason}"),
            time_passed(entry.since),
            *_states(words, page, entry),
        ),
        BETWEEN,
    )


def page_buttons(words: Words, before: str, after: str, *, number: int, pages: int) -> list[discord.ui.Button[View]]:
    """The buttons to the page before and after, as far as there are any; the ids are those of the two."""
    buttons: list[discord.ui.Button[View]] = []
    if number > 1:
        buttons.append(discord.ui.Button(label=words("chat.button.previous"), custom_id=before))
    if number < pages:
        buttons.append(discord.ui.Button(label=words("chat.button.next"), custom_id=after))
    return buttons


def _opens(server_id: int, entry: QueueEntry) -> str:
    if entry.appeal_of is None:
        return custom_ids.OPEN_REPORT.format(server=server_id, report=entry.report.id)
    return custom_ids.OPEN_APPEAL.format(server=server_id, report=entry.report.id, side=entry.appeal_of)


def _figures(words: Words, page: QueuePage) -> str:
    if not page.waiting or page.oldest_at is None:
        return words("chat.reports.nothing")
    figures = [words("chat.reports.waiting", count=page.waiting), words("chat.reports.unread", count=page.unread)]
    if page.held is not None:
        figures.append(words("chat.reports.held", count=page.held))
    figures.append(words("chat.reports.oldest", when=time_passed(page.oldest_at)))
    return listed(figures, BETWEEN)


def _states(words: Words, page: QueuePage, entry: QueueEntry) -> list[str]:
    report = entry.report
    if report.taken_until is not None and report.taken_until > page.now:
        return [words("chat.reports.taken", until=time_of_day(report.taken_until))]
    if report.read_at is None:
        return [words("chat.reports.is_unread")]
    return [words("chat.reports.is_undecided", when=time_passed(report.read_at))] if report.decided is None else []


def _pages(words: Words, server_id: int, page: QueuePage) -> discord.ui.ActionRow[View]:
    """The pages, and a button that reads the list again."""
    before, same, after = (
        custom_ids.SHOW_PAGE.format(server=server_id, page=each)
        for each in (page.number - 1, page.number, page.number + 1)
    )
    row: discord.ui.ActionRow[View] = discord.ui.ActionRow(
        *page_buttons(words, before, after, number=page.number, pages=page.pages)
    )
    return row.add_item(discord.ui.Button(label=words("chat.button.refresh"), custom_id=same))
