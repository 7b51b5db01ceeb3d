"""Subjects, lengths and languages as admins type them."""

import pytest

from bot.chat.setup.topics import (
    MAX_SUBJECT_LETTERS,
    MAX_SUBJECTS,
    Topics,
    TypedTopics,
    read_topics,
    topics_of,
    write_topics,
)
from bot.domain.server import Server, Subject

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}


CURRENT = Topics(subjects=(Subject(name="Law"),), lengths=(75,), languages=("fr",))


def typed(subjects: str, lengths: str = "25", languages: str = "en") -> TypedTopics:
    """The three fields of the form."""
    return TypedTopics(subjects=subjects, lengths=lengths, languages=languages)


def subjects(*names: str, group: str | None = None) -> tuple[Subject, ...]:
    """Subjects of one group."""
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
def test_subjects_are_read_line_by_line(text: str, found: tuple[Subject, ...]) -> None:
    """One on each line or several with commas, a group before a colon; each counts once, and "any" is left out."""
    wanted = Topics(subjects=found, lengths=(25,), languages=("en",))
    assert read_topics(typed(text), language_names=NAMES, current=CURRENT) == (wanted, None)


@pytest.mark.parametrize(
    ("text", "lengths", "languages", "reason"),
    [
        ("", "25", "en", "subject_count"),
        ("Science:", "25", "en", "subject_count"),
        ("\n".join(f"S{n}" for n in range(MAX_SUBJECTS + 1)), "25", "en", "subject_count"),
        ("x" * (MAX_SUBJECT_LETTERS + 1), "25", "en", "subject_long"),
        ("Any", "25", "en", "subject_count"),
        ("Maths", "", "en", "lengths"),
        ("Maths", "30", "en", "lengths"),
        ("Maths", "25 minutes", "en", "lengths"),
        ("Maths", "25", "", "languages"),
        ("Maths", "25", "Klingon", "languages"),
    ],
)
def test_the_first_mistake_is_named(text: str, lengths: str, languages: str, reason: str) -> None:
    """The field with the mistake keeps its value, and the others are read."""
    found, mistake = read_topics(typed(text, lengths, languages), language_names=NAMES, current=CURRENT)
    assert mistake is not None
    assert mistake.reason == reason
    assert (found.subjects == CURRENT.subjects) is reason.startswith("subject")
    assert (found.lengths == CURRENT.lengths) is (reason == "lengths")
    assert (found.languages == CURRENT.languages) is (reason == "languages")


def test_lengths_and_languages_are_read_in_any_order() -> None:
    """Languages by code or by name; each counts once."""
    wanted = Topics(subjects=subjects("Maths"), lengths=(25, 75), languages=("de", "en"))
    assert read_topics(typed("Maths", "75, 25 25", "Deutsch, en, de"), language_names=NAMES, current=CURRENT) == (
        wanted,
        None,
    )


def test_the_form_text_is_read_as_what_it_was_made_from() -> None:
    """Submitting the form unchanged changes nothing."""
    server = Server(
        server_id=1,
        name="Study Hall",
        subjects=(*subjects("Physics", "Chemistry", group="Science"), *subjects("Maths", "Law")),
        lengths=(25, 75),
        languages=("de", "en"),
    )
    topics = topics_of(server)
    assert read_topics(write_topics(topics), language_names=NAMES, current=CURRENT) == (topics, None)
