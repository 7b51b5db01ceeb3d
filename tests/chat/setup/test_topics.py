"""Subjects, lengths and languages as admins type them."""

import discord
import pytest

from bot.chat.setup.actions import ServerProfile, SetupActions
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
from bot.store import Store
from bot.words import language_names
from bot.words.languages import spoken_language

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}
MORE_LANGUAGES = {f"q{letter}": f"Language {letter}" for letter in "abcdefgh"}

CURRENT = Topics(subjects=(Subject(name="Law"),), lengths=(75,), languages=("fr",))


def typed(subjects: str, lengths: str = "25", languages: str = "en") -> TypedTopics:
    """The three fields of the form."""
    return TypedTopics(subjects=subjects, lengths=lengths, languages=languages)


def subjects(*names: str, group: str | None = None) -> tuple[Subject, ...]:
    """Subjects of one group."""
    return tuple(Subject(name=name, group=group) for name in names)


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
        ("Maths", "25 pages", "en", "lengths"),
        ("Maths", "25", "", "language_count"),
        ("Maths", "25", ",".join([*NAMES, *MORE_LANGUAGES]), "language_count"),
        ("Maths", "25", "Klingon", "languages"),
    ],
)
def test_the_first_mistake_is_named(text: str, lengths: str, languages: str, reason: str) -> None:
    """The field with the mistake keeps its value, and the others are read."""
    found, mistake = read_topics(
        typed(text, lengths, languages), language_names=NAMES | MORE_LANGUAGES, current=CURRENT
    )
    assert mistake is not None
    assert mistake.reason == reason
    assert (found.subjects == CURRENT.subjects) is reason.startswith("subject")
    assert (found.lengths == CURRENT.lengths) is (reason == "lengths")
    assert (found.languages == CURRENT.languages) is reason.startswith("language")


def test_lengths_and_languages_are_read_in_any_order() -> None:
    """Languages by code or by name; each counts once."""
    wanted = Topics(subjects=subjects("Maths"), lengths=(25, 75), languages=("de", "en"))
    assert read_topics(typed("Maths", "75, 25 25", "Deutsch, en, de"), language_names=NAMES, current=CURRENT) == (
        wanted,
        None,
    )


@pytest.mark.parametrize("languages", [("de", "en"), ("en", "tlh")])
def test_the_form_text_is_read_as_what_it_was_made_from(languages: tuple[str, ...]) -> None:
    """Submitting the form unchanged changes nothing, even if it has a language that we do not know."""
    server = Server(
        server_id=1,
        name="Study Hall",
        subjects=(
            *subjects("Physics", "Chemistry", group="Science"),
            *subjects("Music", group="Arts"),
            *subjects("Maths", "Exam: Law"),
        ),
        lengths=(25, 75),
        languages=languages,
    )
    topics = topics_of(server)
    written = write_topics(topics, language_names=NAMES)
    assert read_topics(written, language_names=NAMES, current=topics) == (topics, None)


@pytest.mark.parametrize("locale", [locale.value for locale in discord.Locale])
async def test_the_first_form_is_accepted_whatever_the_language_of_the_server(store: Store, locale: str) -> None:
    """It names the language of the server's locale by its own name, which is read again as that language."""
    actions = SetupActions(store.servers, ["Maths"])
    server = await actions.current(ServerProfile(server_id=1, name="Hall", locale=locale))
    names = language_names()
    written = write_topics(topics_of(server), language_names=names)
    assert written.languages == names[spoken_language(locale)]
    assert read_topics(written, language_names=names, current=CURRENT) == (topics_of(server), None)
