"""Subjects, lengths and languages as admins type them."""

from dataclasses import replace

import discord
import pytest

from bot.chat.setup.actions import ServerProfile, SetupActions
from bot.chat.setup.topics import (
    MAX_SUBJECT_LETTERS,
    MAX_SUBJECTS,
    Topics,
    TypedTopics,
    digest_of,
    read_topics,
    topics_of,
    write_topics,
)
from bot.domain.server import Server, Subject
from bot.store import Store
from bot.words import language_names
from bot.words.languages import spoken_language
from tests.clocks import VirtualClock

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
        ("", "25", "en", "subjects_none"),
        ("Science:", "25", "en", "subjects_none"),
        ("\n".join(f"S{n}" for n in range(MAX_SUBJECTS + 1)), "25", "en", "subjects_many"),
        ("x" * (MAX_SUBJECT_LETTERS + 1), "25", "en", "subject_long"),
        ("Any", "25", "en", "subjects_none"),
        ("Maths", "", "en", "lengths"),
        ("Maths", "30", "en", "lengths"),
        ("Maths", "25 pages", "en", "lengths"),
        ("Maths", "25", "", "languages_none"),
        ("Maths", "25", ",".join([*NAMES, *MORE_LANGUAGES]), "languages_many"),
        ("Maths", "25", "Klingon", "languages"),
    ],
)
def test_a_mistake_is_named(text: str, lengths: str, languages: str, reason: str) -> None:
    """The field with the mistake keeps its value, and the others are read."""
    found, [mistake] = read_topics(
        typed(text, lengths, languages), language_names=NAMES | MORE_LANGUAGES, current=CURRENT
    )
    assert mistake.reason == reason
    assert (found.subjects == CURRENT.subjects) is reason.startswith("subject")
    assert (found.lengths == CURRENT.lengths) is (reason == "lengths")
    assert (found.languages == CURRENT.languages) is reason.startswith("language")


def test_lengths_and_languages_are_read_in_any_order() -> None:
    """Languages by code or by name; each counts once."""
    wanted = Topics(subjects=subjects("Maths"), lengths=(25, 75), languages=("de", "en"))
    assert read_topics(typed("Maths", "75, 25 25", "Deutsch, en, de"), language_names=NAMES, current=CURRENT) == (
        wanted,
        (),
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
    assert read_topics(written, language_names=NAMES, current=topics) == (topics, ())


@pytest.mark.parametrize("locale", [locale.value for locale in discord.Locale])
async def test_the_first_form_is_accepted_whatever_the_language_of_the_server(store: Store, locale: str) -> None:
    """It names the language of the server's locale by its own name, which is read again as that language."""
    actions = SetupActions(
        servers=store.servers,
        drafts=store.setup_drafts,
        tickets=store.tickets,
        clock=VirtualClock(),
        first_subjects=["Maths"],
        language_names=language_names(),
    )
    server = await actions.current(ServerProfile(server_id=1, name="Hall", locale=locale))
    names = language_names()
    written = actions.typed_now(server)
    assert written.languages == names[spoken_language(locale)]
    assert read_topics(written, language_names=names, current=CURRENT) == (topics_of(server), ())


def test_names_of_subjects_hide_nothing_and_stay_whole() -> None:
    """What is invisible or turns text goes, what a script needs stays, and an empty name is none."""
    text = typed("दर्\u200dयावर्दी\n\u202eMa\u2066ths\u200b\n\u3164")
    found, mistakes = read_topics(text, language_names=NAMES, current=CURRENT)
    assert (found.subjects, mistakes) == (subjects("दर्\u200dयावर्दी", "Maths"), ())


def test_all_mistakes_are_named_at_once() -> None:
    """Those of every field and every piece, each with the pieces that were understood."""
    long, longer = "x" * (MAX_SUBJECT_LETTERS + 1), "y" * 99
    text = typed(f"Maths, {long}, {longer}, Law", "25, 30, 75", "English, Klingon, Elvish, de")
    found, mistakes = read_topics(text, language_names=NAMES, current=CURRENT)
    assert found == CURRENT
    assert [(each.found, each.understood) for each in mistakes] == [
        ((long, longer), ("Maths", "Law")),
        (("30",), ("25", "75")),
        (("Klingon", "Elvish"), ("English", "Deutsch")),
    ]


def test_other_topics_have_another_digest() -> None:
    """Each of the three counts; the same ones have the same."""
    changes = ({"subjects": subjects("Law", group="Law")}, {"lengths": (25, 75)}, {"languages": ("fr", "en")})
    digests = [digest_of(CURRENT), *(digest_of(replace(CURRENT, **change)) for change in changes)]
    assert len(set(digests)) == len(digests)
    assert digest_of(replace(CURRENT)) == digests[0]


@pytest.mark.parametrize(
    "text", ["Physics\nPhysics\u3164", "Physics\nPhysics\u2800", "any\u3164\nPhysics", "Physics\nhttp://Physics"]
)
def test_subjects_differ_by_more_than_what_nobody_sees(text: str) -> None:
    """Two of one name could not be told apart in a list, and "any" is no subject."""
    found, mistakes = read_topics(typed(text), language_names=NAMES, current=CURRENT)
    assert (found.subjects, mistakes) == (subjects("Physics"), ())


def test_too_many_subjects_are_counted_not_repeated() -> None:
    """A hundred names would be a wall of text."""
    text = ",".join(f"S{number}" for number in range(MAX_SUBJECTS + 1))
    [mistake] = read_topics(typed(text), language_names=NAMES, current=CURRENT)[1]
    assert (mistake.found, mistake.understood) == ((str(MAX_SUBJECTS + 1),), ())


def test_the_name_of_a_field_before_its_text_is_left_out() -> None:
    """As we show it, or as it is called; any other name before a list of subjects is a group."""
    written = typed("Subjects: Maths, Law", "Lengths: 25, 50", "languages:\nen, de")
    found = Topics(subjects=subjects("Maths", "Law"), lengths=(25, 50), languages=("en", "de"))
    assert read_topics(written, language_names=NAMES, current=CURRENT) == (found, ())
    assert read_topics(typed("Arts: Maths, Law", "Minutes: 25"), language_names=NAMES, current=CURRENT)[0] == Topics(
        subjects=subjects("Maths", "Law", group="Arts"), lengths=(25,), languages=("en",)
    )
