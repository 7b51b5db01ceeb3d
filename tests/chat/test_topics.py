"""Subjects, lengths and languages as admins type them."""

import pytest

from bot.chat.setup.topics import LONGEST_SUBJECT, MOST_SUBJECTS, Topics, read, typed
from bot.domain.server import Server, Subject

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}


NOW = Topics(subjects=(Subject(name="Law"),), lengths=(75,), languages=("fr",))


def subjects(*names: str, group: str | None = None) -> tuple[Subject, ...]:
    return tuple(Subject(name=name, group=group) for name in names)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Maths", subjects("Maths")),
        ("Maths\nPhysics", subjects("Maths", "Physics")),
        ("Maths, Physics", subjects("Maths", "Physics")),
        ("Science: Physics, Chemistry", subjects("Physics", "Chemistry", group="Science")),
        ("Science: Physics\nMaths", (*subjects("Physics", group="Science"), *subjects("Maths"))),
        ("  Computer   science \n\n", subjects("Computer science")),
        (": Maths", subjects("Maths")),
        ("Maths\nmaths, Any", subjects("Maths")),
    ],
)
def test_subjects(text: str, found: tuple[Subject, ...]) -> None:
    """One a line, several with commas, groups before a colon; each counts once, and "any" goes without saying."""
    wanted = Topics(subjects=found, lengths=(25,), languages=("en",))
    assert read(text, "25", "en", names=NAMES, now=NOW) == (wanted, None)


@pytest.mark.parametrize(
    ("text", "lengths", "languages", "reason"),
    [
        ("", "25", "en", "subject_count"),
        ("Science:", "25", "en", "subject_count"),
        ("\n".join(f"S{n}" for n in range(MOST_SUBJECTS + 1)), "25", "en", "subject_count"),
        ("x" * (LONGEST_SUBJECT + 1), "25", "en", "subject_long"),
        ("Any", "25", "en", "subject_count"),
        ("Maths", "", "en", "lengths"),
        ("Maths", "30", "en", "lengths"),
        ("Maths", "25 minutes", "en", "lengths"),
        ("Maths", "25", "", "languages"),
        ("Maths", "25", "Klingon", "languages"),
    ],
)
def test_what_cannot_be_is_named(text: str, lengths: str, languages: str, reason: str) -> None:
    """One mistake at a time, with the piece it is about; that field stays, the others are taken."""
    found, mistake = read(text, lengths, languages, names=NAMES, now=NOW)
    assert mistake is not None
    assert mistake.reason == reason
    assert (found.subjects == NOW.subjects) is reason.startswith("subject")
    assert (found.lengths == NOW.lengths) is (reason == "lengths")
    assert (found.languages == NOW.languages) is (reason == "languages")


def test_lengths_and_languages() -> None:
    """In any order, by code or by name, once each."""
    wanted = Topics(subjects=subjects("Maths"), lengths=(25, 75), languages=("de", "en"))
    assert read("Maths", "75, 25 25", "Deutsch, en, de", names=NAMES, now=NOW) == (wanted, None)


def test_what_is_shown_can_be_typed_again() -> None:
    """The form's own text reads as what it was made from."""
    server = Server(
        server_id=1,
        name="Study Hall",
        subjects=(*subjects("Physics", "Chemistry", group="Science"), *subjects("Maths", "Law")),
        lengths=(25, 75),
        languages=("de", "en"),
    )
    wanted = Topics(subjects=server.subjects, lengths=server.lengths, languages=server.languages)
    assert read(*typed(server), names=NAMES, now=NOW) == (wanted, None)
