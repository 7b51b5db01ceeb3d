"""The text of the statistics has all that the pictures show, and fits into a message."""

from bot.chat.statistics.cards import ShownStatistics, statistics_texts, statistics_view
from bot.chat.statistics.charts import DayChart, RankChart, charts_of
from bot.chat.ui.text import escape_markdown
from bot.domain.statistics import DAY, Batch, Period, Series, Statistics, Waits
from bot.words import words_for
from tests.chat.statistics.figures import FIRST, PERIOD, SUBJECTS, busy_statistics

WORDS = words_for()
MOST_LETTERS = 4000  # of a message


def shown(statistics: Statistics) -> ShownStatistics:
    """These statistics of the last 28 days."""
    return ShownStatistics(server_name="Study *Hall*", days=28, statistics=statistics)


def text_of(statistics: Statistics) -> str:
    """The whole text."""
    return "\n".join(statistics_texts(WORDS, shown(statistics)))


def test_the_text_has_every_number_of_the_pictures() -> None:
    """Each batch, each wait and each subject, with its name as it is."""
    text = text_of(busy_statistics())
    days, waits, subjects = charts_of(WORDS, busy_statistics())
    assert isinstance(days, DayChart)
    assert isinstance(waits, DayChart)
    assert isinstance(subjects, RankChart)
    for each in busy_statistics().batches[Series.MET]:
        assert f"{each.first.day} Feb: {each.count}" in text
    for wait in busy_statistics().waits:
        assert f"{wait.first.day} Feb: {wait.half}/{wait.most}" in text
    assert "14 Feb to" not in text
    assert "16 Feb to 18 Feb: 6" in text
    for name, count in subjects.bars:
        assert f"{escape_markdown(name)}: {count}" in text
    assert len(subjects.bars) == len(SUBJECTS)
    assert "That's 40% sent another way." in text


def test_where_there_are_few_people_no_number_is_said() -> None:
    """An empty server says "fewer than 5" everywhere, and has no picture."""
    empty = Statistics(period=PERIOD)
    text = text_of(empty)
    assert "Matches arranged: fewer than 5. Met: fewer than 5." in text
    assert "fewer than 5 people were matched" in text
    assert charts_of(WORDS, empty) == []
    assert "%" not in text


def test_matches_arranged_are_the_sum_of_what_is_said() -> None:
    """Called off, and whoever met in days that are not shown, cannot be found by subtracting."""
    text = text_of(Statistics(period=PERIOD, batches={Series.MET: [Batch(first=FIRST, last=FIRST, count=9)]}))
    assert "Matches arranged: 9. Met: 9. Someone didn't come: fewer than 5." in text


def test_the_first_day_has_nothing_to_show() -> None:
    """A period without a day says so."""
    text = text_of(Statistics(period=Period(read_from=FIRST, first=FIRST, end=FIRST)))
    assert "There's no whole day to show yet." in text


def test_the_longest_message_fits() -> None:
    """Large numbers on each day and the longest names, in one message of Discord's."""
    large = [Batch(first=FIRST + day * DAY, last=FIRST + day * DAY, count=99_999) for day in range(28)]
    waits = [Waits(first=each.first, last=each.last, half=59, most=60) for each in large]
    statistics = busy_statistics(
        batches=dict.fromkeys(Series, large),
        waits=waits,
        wait=waits[0],
        unmatched={f"{number}" + "*" * 100: 99_999 for number in range(50)},
    )
    text = text_of(statistics)
    assert len(text) <= MOST_LETTERS
    assert text.count(": 99999") >= 3 * 28
    assert text.count("59/60") == 28


def test_each_picture_says_what_it_shows() -> None:
    """People who do not see it hear its description, which points to the numbers."""
    view = statistics_view(WORDS, shown(busy_statistics()), charts_of(WORDS, busy_statistics()))
    [container] = view.to_components()  # type: ignore[no-untyped-call]  # the library's
    [gallery] = [each for each in container["components"] if each["type"] == 12]
    assert [item["media"]["url"] for item in gallery["items"]] == [
        f"attachment://{name}.png" for name in ("matches", "waits", "subjects")
    ]
    assert all("has every number" in item["description"] for item in gallery["items"])
