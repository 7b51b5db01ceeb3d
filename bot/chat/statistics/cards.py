"""The statistics as a message: everything as text, the same as pictures where there are any, and the periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.chat.statistics import custom_ids
from bot.chat.statistics.charts import Chart, Days, ranked_subjects, shown_date, subject_name
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import escape_markdown, fitting_items, listed
from bot.domain.statistics import DAY, FEWEST_PEOPLE, MOST_PERCENT, OUTCOMES, Series, Statistics
from bot.words import Words

MAX_LISTED = 540  # letters of each list, of which there are five, of the 4,000 that a message may have
BETWEEN = " · "

View = discord.ui.LayoutView


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownStatistics:
    """What is shown: the statistics of the last `days` days, and how many reports nobody has read, as of now."""

    server_name: str
    days: int
    statistics: Statistics
    unread_reports: int = 0


def statistics_view(words: Words, shown: ShownStatistics, charts: Sequence[Chart]) -> View:
    """The message, as a stopped view; `charts` are those whose pictures are sent with it."""
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=ACCENT_COLOUR)
    for text in statistics_texts(words, shown):
        container.add_item(discord.ui.TextDisplay(text))
    if charts:
        gallery: discord.ui.MediaGallery[View] = discord.ui.MediaGallery()
        for chart in charts:
            gallery.add_item(media=f"attachment://{chart.name}", description=chart.describe)
        container.add_item(gallery)
    row: discord.ui.ActionRow[View] = discord.ui.ActionRow()
    for days in custom_ids.PERIODS:
        style = discord.ButtonStyle.success if days == shown.days else discord.ButtonStyle.secondary
        label = words("chat.stats.days", days=days)
        row.add_item(discord.ui.Button(label=label, custom_id=custom_ids.PERIOD.format(days=days), style=style))
    container.add_item(row)
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def statistics_texts(words: Words, shown: ShownStatistics) -> Iterator[str]:
    """The paragraphs of the message. They have everything that the pictures show."""
    statistics = shown.statistics
    period = statistics.period
    title = words("chat.stats.title", server=escape_markdown(shown.server_name))
    if period.first < period.end:
        dates = {"first": shown_date(words, period.first), "last": shown_date(words, period.end - DAY)}
        yield f"### {title}\n-# {words('chat.stats.period', **dates)}"
    else:
        yield f"### {title}\n-# {words('chat.stats.no_days')}"
    yield _matches_text(words, statistics)
    yield _waits_text(words, statistics)
    yield _subjects_text(words, statistics)
    yield _links_text(words, statistics)
    if shown.unread_reports:
        yield words("chat.stats.unread_reports", count=shown.unread_reports)
    else:
        yield words("chat.stats.no_unread_reports")
    yield f"-# {words('chat.stats.rule', fewest=FEWEST_PEOPLE)}"


def _matches_text(words: Words, statistics: Statistics) -> str:
    counts = {series.value: _number(words, statistics.total(series)) for series in OUTCOMES}
    lines = [words("chat.stats.matches", arranged=_number(words, statistics.total(*OUTCOMES)), **counts)]
    for series in OUTCOMES:
        batches = statistics.batches.get(series, ())
        entries = [f"{_days_of(words, batch)}: {batch.count}" for batch in batches]
        lines += _small_list(f"{words(f'chat.stats.series.{series}')}: ", entries)
    return "\n".join(lines)


def _waits_text(words: Words, statistics: Statistics) -> str:
    if statistics.wait is None:
        return words("chat.stats.waits_unknown", fewest=FEWEST_PEOPLE)
    line = words("chat.stats.waits", half=statistics.wait.half, percent=MOST_PERCENT, most=statistics.wait.most)
    entries = [f"{_days_of(words, each)}: {each.half}/{each.most}" for each in statistics.waits]
    return "\n".join([line, *_small_list(f"{words('chat.stats.waits_by_day', percent=MOST_PERCENT)}: ", entries)])


def _subjects_text(words: Words, statistics: Statistics) -> str:
    ranked = ranked_subjects(statistics)
    if not ranked:
        return words("chat.stats.subjects_unknown", fewest=FEWEST_PEOPLE)
    names = [f"{escape_markdown(subject_name(words, subject))}: {count}" for subject, count in ranked]
    return words("chat.stats.subjects", subjects=listed(fitting_items(names, 2 * MAX_LISTED, BETWEEN), BETWEEN))


def _links_text(words: Words, statistics: Statistics) -> str:
    direct, other = statistics.total(Series.DIRECT), statistics.total(Series.NOT_DIRECT)
    line = words("chat.stats.links", direct=_number(words, direct), other=_number(words, other))
    if not direct or not other:
        return line
    return f"{line} {words('chat.stats.share', percent=round(100 * other / (direct + other)))}"


def _number(words: Words, count: int) -> str:
    return str(count) if count >= FEWEST_PEOPLE else words("chat.stats.fewer", fewest=FEWEST_PEOPLE)


def _small_list(label: str, entries: Sequence[str]) -> Sequence[str]:
    return [f"-# {label}{listed(fitting_items(entries, MAX_LISTED, BETWEEN), BETWEEN)}"] if entries else []


def _days_of(words: Words, part: Days) -> str:
    first = shown_date(words, part.first)
    if part.first == part.last:
        return first
    return words("chat.stats.dates", first=first, last=shown_date(words, part.last))
