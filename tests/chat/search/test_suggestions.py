"""What is suggested while a member types."""

import pytest

from bot.chat.search.suggestions import Choices, suggested_languages, suggested_lengths, suggested_subjects
from bot.chat.ui.lengths import read_lengths
from bot.domain.server import Subject
from bot.domain.ticket import ANY
from bot.words import words_for
from bot.words.languages import NAMES
from tests.chat.chat_harness import ChatHarness


async def test_subjects_are_suggested_by_how_well_they_fit(harness: ChatHarness) -> None:
    """The last one comes first, then those that begin with the text, then those that contain it; any comes last."""
    await harness.set_up(
        subjects=tuple(Subject(name=name) for name in ("Biophysics", "Maths", "Physics", "Physical chemistry"))
    )
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physical chemistry")
    suggested = await alice.autocomplete(harness.study, "study now", "subject", "phy")
    assert [choice["name"] for choice in suggested] == ["Physical chemistry", "Physics", "Biophysics", "Any subject"]
    assert suggested[-1]["value"] == ANY


async def test_at_most_25_subjects_are_suggested(harness: ChatHarness) -> None:
    """Discord takes no more; any subject is always among them."""
    await harness.set_up(subjects=tuple(Subject(name=f"Subject {number}") for number in range(60)))
    suggested = await harness.member("Alice").autocomplete(harness.study, "study now", "subject", "")
    assert len(suggested) == 25
    assert suggested[-1]["name"] == "Any subject"


async def test_the_server_languages_are_suggested_by_their_own_names(harness: ChatHarness) -> None:
    """Their codes are the values."""
    await harness.set_up()
    suggested = await harness.member("Alice").autocomplete(harness.study, "study now", "language", "deu")
    assert suggested == [{"name": "Deutsch", "value": "de"}]


SUBJECTS = ("Maths", "Physics", "Computer science", "Économie")
TWO, THREE = (25, 50), (25, 50, 75)


def names_of(choices: Choices) -> list[str]:
    """What is shown."""
    return [choice.name for choice in choices]


def values_of(choices: Choices) -> list[str]:
    """What is sent."""
    return [choice.value for choice in choices]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", SUBJECTS),
        ("PHY", ["Physics"]),
        ("cs", ["Computer science", "Physics"]),
        ("economie", ["Économie"]),
        ("“maths", ["Maths"]),
        ("pyhsics", ["Physics"]),
        ("any", []),
        ("Astrology", []),
    ],
)
def test_subjects_are_narrowed_as_tolerantly_as_they_are_read(typed: str, shown: list[str]) -> None:
    """Any subject is always there."""
    found = suggested_subjects(SUBJECTS, typed, last=ANY, any_subject="Any subject")
    assert names_of(found) == [*shown, "Any subject"]


@pytest.mark.parametrize(
    ("offered", "typed", "values"),
    [
        (THREE, "", ["25", "50", "75", "25,50", "25,75", "50,75", "any"]),
        (TWO, "", ["25", "50", "any"]),
        ((50,), "", ["50", "any"]),
        ((), "", ["any"]),
        (THREE, "75", ["75", "25,75", "50,75", "any"]),
        (TWO, "50 and 25", ["25,50", "25", "50", "any"]),
        (THREE, "1h15", ["75", "25,75", "50,75", "any"]),
        (THREE, "2", ["25", "25,50", "25,75", "any"]),
        (TWO, "75", ["any"]),
        (TWO, "any", ["any"]),
    ],
)
def test_the_lengths_of_the_server_are_suggested(offered: tuple[int, ...], typed: str, values: list[str]) -> None:
    """First what was understood; each and in combination, any length last."""
    assert values_of(suggested_lengths(words_for(), offered, typed)) == values


def test_lengths_are_shown_as_on_the_card() -> None:
    """In the member's language."""
    shown = names_of(suggested_lengths(words_for(), THREE, "25,50"))
    assert shown[0] == words_for()("chat.minutes", lengths="25 or 50")
    assert shown[-1] == words_for()("chat.any_length")


@pytest.mark.parametrize("lengths", [TWO, THREE])
def test_each_suggested_length_is_accepted(lengths: tuple[int, ...]) -> None:
    """And stays the first suggestion while it stands in the field."""
    for value in values_of(suggested_lengths(words_for(), lengths, "")):
        assert read_lengths(value, lengths)
        assert values_of(suggested_lengths(words_for(), lengths, value))[0] == value


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", ["en", "de", "pt", "no"]),
        ("ger", ["de"]),
        ("Deu", ["de"]),
        ("de-AT", ["de"]),
        ("portugues", ["pt"]),
        ("Brazilian Portuguese", ["pt"]),
        ("bokmal", ["no"]),
        ("nb", ["no"]),
        ("English, ger", ["en,de"]),
        ("English, ", ["en,de", "en,pt", "en,no"]),
        ("en, de, ", ["en,de,pt", "en,de,no"]),
        ("Klingon", []),
    ],
)
def test_languages_are_suggested_by_any_of_their_names(typed: str, values: list[str]) -> None:
    """Each after those that were typed before it, as in a list."""
    assert values_of(suggested_languages(("en", "de", "pt", "no"), typed)) == values


def test_a_language_that_we_do_not_know_is_suggested_by_its_code() -> None:
    """An older version of the bot, or Discord, may have set it."""
    assert names_of(suggested_languages(("en", "tlh"), "tl")) == ["tlh"]


def test_no_more_than_discord_accepts() -> None:
    """At most 25 choices of at most 100 letters."""
    many = suggested_languages(tuple(NAMES), "")
    assert len(many) == 25
    assert max(len(choice.name) for choice in suggested_subjects(["x" * 300], "", last=ANY, any_subject="Any")) == 100


async def test_nothing_is_suggested_before_the_setup(harness: ChatHarness, caplog: pytest.LogCaptureFixture) -> None:
    """A server without settings has no subjects and no languages, which is not a failure."""
    alice = harness.member("Alice")
    for option in ("subject", "length", "language"):
        assert await alice.autocomplete(harness.study, "study now", option, "") == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
