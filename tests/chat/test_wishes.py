"""From what a member typed to wishes that the server offers."""

from typing import Any

import pytest

from bot.chat.answers import No
from bot.chat.wishes import Asked, read
from bot.domain.server import Server, Subject
from bot.domain.ticket import ANY, Camera, Level, Style, Wishes

SERVER = Server(
    server_id=1,
    name="Study Hall",
    subjects=(Subject(name="Physics", group="Science"), Subject(name="Maths"), Subject(name="C++")),
    lengths=(25, 50),
    languages=("en", "de"),
)
NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}


def asked(server: Server = SERVER, last: Wishes | None = None, spoken: str = "en", **typed: Any) -> Wishes | No:
    """The wishes after one command."""
    return read(Asked(**typed), last=last, server=server, spoken=spoken, names=NAMES)


def test_the_first_time_everything_is_open() -> None:
    """Any subject, all lengths, no level, and the member's own language."""
    assert asked() == Wishes(lengths=(25, 50), languages=("en",))


def test_what_is_left_out_comes_from_the_last_time() -> None:
    """Only what is asked now changes."""
    last = Wishes(
        subject="Physics",
        subject_group="Science",
        level=Level.ADVANCED,
        style=Style.TALK,
        camera=Camera.OFF,
        lengths=(50,),
    )
    assert asked(last=last, style="quiet") == Wishes(
        subject="Physics",
        subject_group="Science",
        level=Level.ADVANCED,
        style=Style.QUIET,
        camera=Camera.OFF,
        lengths=(50,),
    )


def test_another_server_offers_other_things() -> None:
    """Last wishes that are not offered here fall back to what is."""
    last = Wishes(subject="Law", subject_group="Humanities", lengths=(75,), languages=("fr",), style=Style.QUIET)
    assert asked(last=last, spoken="de") == Wishes(style=Style.QUIET, lengths=(25, 50), languages=("de",))


@pytest.mark.parametrize(
    ("typed", "subject", "group"),
    [
        ("Physics", "Physics", "Science"),
        (" physics ", "Physics", "Science"),
        ("maths", "Maths", ANY),
        ("any", ANY, ANY),
        ("C++", "C++", ANY),
    ],
)
def test_subjects(typed: str, subject: str, group: str) -> None:
    """Upper and lower case and spaces around do not matter; a subject without a group forms none."""
    wishes = asked(subject=typed)
    assert isinstance(wishes, Wishes)
    assert (wishes.subject, wishes.subject_group) == (subject, group)


@pytest.mark.parametrize(
    ("typed", "lengths"),
    [
        ("25", (25,)),
        ("50,25", (25, 50)),
        ("25, 50", (25, 50)),
        ("25 and 50", (25, 50)),
        ("25min", (25,)),
        ("50 minutes", (50,)),
        ("25/50", (25, 50)),
        ("25,25", (25,)),
        ("any", (25, 50)),
        ("Any", (25, 50)),
    ],
)
def test_lengths(typed: str, lengths: tuple[int, ...]) -> None:
    """One, several, or any, in whatever way people write it."""
    wishes = asked(length=typed)
    assert isinstance(wishes, Wishes)
    assert wishes.lengths == lengths


@pytest.mark.parametrize(
    ("typed", "languages"),
    [("de", ("de",)), ("Deutsch", ("de",)), ("deutsch, English", ("de", "en")), ("en,en", ("en",))],
)
def test_languages(typed: str, languages: tuple[str, ...]) -> None:
    """Codes or the languages' own names, the dearest first."""
    wishes = asked(language=typed)
    assert isinstance(wishes, Wishes)
    assert wishes.languages == languages


@pytest.mark.parametrize(
    ("typed", "level"), [("beginner", Level.BEGINNER), ("advanced", Level.ADVANCED), ("any", None)]
)
def test_levels(typed: str, level: Level | None) -> None:
    """Three of them, or none."""
    wishes = asked(last=Wishes(level=Level.INTERMEDIATE), level=typed)
    assert isinstance(wishes, Wishes)
    assert wishes.level is level


@pytest.mark.parametrize(
    ("typed", "reason", "possible"),
    [
        ({"subject": "Astrology"}, "subject", []),
        ({"length": "30"}, "length", ["25", "50"]),
        ({"length": "75"}, "length", ["25", "50"]),
        ({"length": "soon"}, "length", ["25", "50"]),
        ({"length": ","}, "length", ["25", "50"]),
        ({"length": "25,x"}, "length", ["25", "50"]),
        ({"length": "-25"}, None, []),
        ({"length": "²5"}, "length", ["25", "50"]),
        ({"language": "Klingon"}, "language", ["English", "Deutsch"]),
        ({"language": "fr"}, "language", ["English", "Deutsch"]),
        ({"language": ","}, "language", ["English", "Deutsch"]),
    ],
)
def test_what_is_not_offered_is_said(typed: dict[str, Any], reason: str | None, possible: list[str]) -> None:
    """A sentence with what is possible instead; nothing is guessed but a stray sign."""
    answer = asked(**typed)
    assert (answer.reason if isinstance(answer, No) else None) == reason
    if isinstance(answer, No):
        assert answer.values.get("possible", []) == possible
