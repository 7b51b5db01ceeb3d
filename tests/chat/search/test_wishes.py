"""Reading wishes from what a member typed, within what the server offers."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.chat.search.options import chosen_codes
from bot.chat.search.wishes import RawWishes, read_wishes
from bot.chat.ui.notices import NotPossible
from bot.domain.server import Server, Subject
from bot.domain.ticket import ANY, Camera, Level, Style, Wishes
from bot.words.languages import spoken_language

SERVER = Server(
    server_id=1,
    name="Study Hall",
    subjects=(Subject(name="Physics", group="Science"), Subject(name="Maths"), Subject(name="C++")),
    lengths=(25, 50),
    languages=("en", "de"),
)
NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}


def wishes_after(server: Server = SERVER, last: Wishes | None = None, locale: str = "en-GB", **options: Any) -> Wishes:
    """The wishes after `/study now` with these options."""
    choices = chosen_codes(options)
    raw = RawWishes(**{name: value for name, value in options.items() if name not in choices}, choices=choices)
    return read_wishes(raw, last=last, server=server, locale=locale, language_names=NAMES)


def test_the_first_search_has_no_preferences() -> None:
    """Any subject, any length, no level, and the member's own language."""
    assert wishes_after() == Wishes(lengths=(25, 50), any_length=True, languages=("en",))


def test_options_that_are_left_out_come_from_the_last_search() -> None:
    """Only the given option changes."""
    last = Wishes(
        subject="Physics",
        subject_group="Science",
        level=Level.ADVANCED,
        style=Style.TALK,
        camera=Camera.OFF,
        lengths=(50,),
        any_length=False,
    )
    assert wishes_after(last=last, style="quiet") == Wishes(
        subject="Physics",
        subject_group="Science",
        level=Level.ADVANCED,
        style=Style.QUIET,
        camera=Camera.OFF,
        lengths=(50,),
        any_length=False,
    )


def test_last_wishes_are_limited_to_what_another_server_offers() -> None:
    """Wishes that it does not offer fall back to those it does."""
    last = Wishes(
        subject="Law",
        subject_group="Humanities",
        lengths=(75,),
        any_length=False,
        languages=("fr",),
        style=Style.QUIET,
    )
    assert wishes_after(last=last, locale="de") == Wishes(
        style=Style.QUIET, lengths=(25, 50), any_length=True, languages=("de",)
    )


def test_a_length_left_open_means_all_that_this_server_offers() -> None:
    """Also if it was left open in a server that offers others; a length that was named stays the only one."""
    assert wishes_after(last=Wishes(lengths=(25, 75), any_length=True)).lengths == (25, 50)
    assert wishes_after(last=Wishes(lengths=(25, 75), any_length=False)).lengths == (25,)


@pytest.mark.parametrize(
    ("typed", "subject", "group"),
    [
        ("Physics", "Physics", "Science"),
        (" physics ", "Physics", "Science"),
        ("maths", "Maths", ANY),
        ("any", ANY, ANY),
        ("Any subject", ANY, ANY),
        ("Try any subject", ANY, ANY),
        ("C++", "C++", ANY),
        ("phys", "Physics", "Science"),
        ("Ｐｈｙｓｉｃｓ", "Physics", "Science"),
        ("“Maths”.", "Maths", ANY),
    ],
)
def test_subjects_are_found_by_name(typed: str, subject: str, group: str) -> None:
    """In any spelling, by a clear beginning, or as any; a subject without a group gets none."""
    wishes = wishes_after(subject=typed)
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
        ("25-75", (25, 50)),
        ("٢٥", (25,)),
        ("any", (25, 50)),
        ("Any length", (25, 50)),
    ],
)
def test_lengths_are_read_as_people_write_them(typed: str, lengths: tuple[int, ...]) -> None:
    """One, several or any, with or without a unit; only any leaves the length open, whatever was named last time."""
    for last in (None, Wishes(lengths=(25,), any_length=False)):
        wishes = wishes_after(length=typed, last=last)
        assert (wishes.lengths, wishes.any_length) == (lengths, typed.casefold().startswith("any"))


@pytest.mark.parametrize(
    ("typed", "languages"),
    [
        ("de", ("de",)),
        ("Deutsch", ("de",)),
        ("German (Austria)", ("de",)),
        ("deutsch, English", ("de", "en")),
        ("German and en-GB", ("de", "en")),
        ("en,en", ("en",)),
        ("any", ("en", "de")),
    ],
)
def test_languages_are_read_by_code_or_name(typed: str, languages: tuple[str, ...]) -> None:
    """In English or its own, with its region; the order is kept, and each counts once."""
    wishes = wishes_after(language=typed)
    assert wishes.languages == languages


@pytest.mark.parametrize(
    ("typed", "level"), [("beginner", Level.BEGINNER), ("advanced", Level.ADVANCED), ("any", None)]
)
def test_levels_are_read_by_name(typed: str, level: Level | None) -> None:
    """Any means no level, also after one was chosen."""
    wishes = wishes_after(last=Wishes(level=Level.INTERMEDIATE), level=typed)
    assert wishes.level is level


@pytest.mark.parametrize(
    ("typed", "reason", "possible"),
    [
        ({"subject": "Astrology"}, "subject", []),
        ({"subject": "Mathematics"}, "subject_near", ["Maths"]),
        ({"subject": "pyhsics"}, "subject_near", ["Physics"]),
        ({"subject": "Physics, Maths"}, "subject_one", ["Physics", "Maths"]),
        ({"subject": "Maths; Law"}, "subject_near", ["Maths"]),
        ({"subject": "science"}, "subject_unclear", ["Physics"]),
        ({"length": "30"}, "length", ["25", "50"]),
        ({"length": "75"}, "length", ["25", "50"]),
        ({"length": "soon"}, "length", ["25", "50"]),
        ({"length": ","}, "length", ["25", "50"]),
        ({"length": "25,x"}, "length", ["25", "50"]),
        ({"length": "²5"}, "length", ["25", "50"]),
        ({"language": "Klingon"}, "language", ["English", "Deutsch"]),
        ({"language": "fr"}, "language", ["English", "Deutsch"]),
        ({"language": ","}, "language", ["English", "Deutsch"]),
    ],
)
def test_wishes_that_are_not_offered(typed: dict[str, Any], reason: str, possible: list[str]) -> None:
    """The answer names what is possible instead; nothing is guessed."""
    with pytest.raises(NotPossible) as refused:
        wishes_after(**typed)
    assert refused.value.reason == reason
    assert refused.value.values.get("possible", []) == possible


def test_a_beginning_of_several_subjects_lists_them() -> None:
    """So that the member can choose; none is chosen for them."""
    server = replace(SERVER, subjects=(Subject(name="Biology"), Subject(name="Biochemistry"), Subject(name="Maths")))
    with pytest.raises(NotPossible) as refused:
        wishes_after(server, subject="bio")
    assert refused.value.reason == "subject_unclear"
    assert refused.value.values["possible"] == ["Biology", "Biochemistry"]


def test_a_subject_that_is_called_like_any_can_be_chosen() -> None:
    """Its own name comes before what the word means otherwise, and "any" before a name that begins with it."""
    server = replace(SERVER, subjects=(Subject(name="Everything"), Subject(name="Anyanya")))
    assert wishes_after(server, subject="everything").subject == "Everything"
    assert wishes_after(server, subject="any").subject == ANY


@pytest.mark.parametrize("locale", [locale.value for locale in discord.Locale])
def test_the_own_language_is_chosen_in_every_locale_of_discord(locale: str) -> None:
    """Where the server offers it; what the form is then filled with is accepted again."""
    code = spoken_language(locale)
    server = replace(SERVER, languages=("eo", code))
    assert wishes_after(server, locale=locale).languages == (code,)
    assert wishes_after(server, language=code).languages == (code,)


def test_a_stray_sign_is_ignored() -> None:
    """A minus sign before an offered length does no harm."""
    assert wishes_after(length="-25").lengths == (25,)
