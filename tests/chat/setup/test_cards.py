"""The setup card and its form within Discord's limits, and the panel's preconditions."""

from dataclasses import fields, replace

import discord
import pytest

from bot.chat.setup.actions import SetupResult
from bot.chat.setup.cards import BETWEEN_SUBJECTS, MAX_SHOWN, setup_view, state_line
from bot.chat.setup.custom_ids import TOPICS_FORM
from bot.chat.setup.forms import topics_form
from bot.chat.setup.permissions import SetupProblem
from bot.chat.setup.topics import (
    MAX_LANGUAGES,
    MAX_SUBJECT_LETTERS,
    MAX_SUBJECTS,
    Mistake,
    TypedTopics,
    digest_of,
    read_topics,
    topics_of,
    write_topics,
)
from bot.domain.server import Audience, Server, Subject
from bot.words import language_names, words_for
from tests.chat.form_limits import BIG_SERVER, LARGEST_ID, SMALL_SERVER, assert_form_fits
from tests.chat.shown import all_components, all_text

LONGEST_FINDINGS = [
    SetupProblem(
        code="send_messages.category",
        values={"channel": f"<#{LARGEST_ID}>", "who": "@everyone", "category": "x" * 100},
    ),
    SetupProblem(code="members_commands", values={"channel": f"<#{LARGEST_ID}>", "role": f"<@&{LARGEST_ID}>"}),
]

MISTAKES = ("subject_long", "lengths", "languages")


@pytest.mark.parametrize(
    "server",
    [replace(BIG_SERVER, audience=Audience.ADULTS, channel_id=LARGEST_ID, role_id=LARGEST_ID), SMALL_SERVER],
)
async def test_the_setup_card_fits(server: Server) -> None:
    """At most 40 components and 4,000 letters, no custom id twice, and every id of Discord's as text."""
    long = tuple("_" * 60 for _ in range(99))
    mistakes = tuple(Mistake(reason=reason, found=long, understood=long) for reason in MISTAKES)
    result = SetupResult(server=server, note="panel_stays", channel_id=LARGEST_ID, has_draft=True, mistakes=mistakes)
    view = setup_view(words_for(), result, LONGEST_FINDINGS)
    components = list(all_components(view.to_components()))  # type: ignore[no-untyped-call]  # discord.py's own
    custom_ids = [part["custom_id"] for part in components if "custom_id" in part]
    assert len(components) <= 40
    assert sum(len(part["content"]) for part in components if "content" in part) <= 4000
    assert len(custom_ids) == len(set(custom_ids))
    assert all(isinstance(value["id"], str) for part in components for value in part.get("default_values") or ())


def test_only_so_many_subjects_are_shown_as_there_is_room_for() -> None:
    """The card says how many more there are."""
    view = setup_view(words_for(), SetupResult(server=BIG_SERVER), [])
    shown = all_text(view.to_components())  # type: ignore[no-untyped-call]  # discord.py's own
    names = [subject.name for subject in BIG_SERVER.subjects if subject.name in shown]
    assert len(names) == MAX_SHOWN // len(f"{BIG_SERVER.subjects[0].name}{BETWEEN_SUBJECTS}")
    assert words_for()("chat.setup.topics.more", count=len(BIG_SERVER.subjects) - len(names)) in shown


STATES = [
    (None, [], "🟠", "Nearly done. Post my button"),
    (5, [], "🟢", "Pairing is on. My button is in <#7>."),
    (5, [SetupProblem(code="members_see", stops=False)], "🟢", "Pairing is on, but see the warning below."),
    (5, [SetupProblem(code="gone")], "🟠", "Pairing is on, but something in the channel needs fixing."),
    (5, [SetupProblem(code="timed_out")], "🟠", "Pairing is on, but something in the channel needs fixing."),
    (5, [SetupProblem(code="role_gone")], "🟠", "Nobody can be matched right now."),
    (5, [SetupProblem(code="role_gone"), SetupProblem(code="gone")], "🟠", "Nobody can be matched right now."),
    (5, [SetupProblem(code="panel_gone", stops=False)], "🟠", "Pairing is on, but my button is gone."),
]


@pytest.mark.parametrize(("panel", "problems", "light", "text"), STATES)
def test_the_light_is_green_only_where_members_can_be_paired(
    panel: int | None, problems: list[SetupProblem], light: str, text: str
) -> None:
    """And where they find the button; otherwise the first line says what is the matter."""
    server = Server(server_id=1, name="Hall", audience=Audience.ADULTS, channel_id=7, panel_message_id=panel)
    assert state_line(words_for(), server, problems).startswith(f"{light} {text}")


@pytest.mark.parametrize("server", [BIG_SERVER, SMALL_SERVER])
async def test_the_form_fits(server: Server) -> None:
    """Discord accepts it for any server."""
    custom_id = TOPICS_FORM.format(server=server.server_id, shown=digest_of(topics_of(server)))
    assert_form_fits(
        topics_form(
            words_for(), custom_id=custom_id, filled=write_topics(topics_of(server), language_names=language_names())
        )
    )


async def test_the_form_says_which_lengths_there_are() -> None:
    """The numbers come from the code."""
    form = topics_form(
        words_for(),
        custom_id="hb:setup:form:1:1",
        filled=write_topics(topics_of(SMALL_SERVER), language_names=language_names()),
    ).to_dict()
    assert "One or more of 25, 50, 75" in [label.get("description") for label in form["components"]]


def letters_in(part: object) -> int:
    """The letters of all texts in a message as Discord counts them."""
    if isinstance(part, dict):
        own = len(part["content"]) if part.get("type") == discord.ComponentType.text_display.value else 0
        return own + sum(map(letters_in, part.values()))
    return sum(map(letters_in, part)) if isinstance(part, list) else 0


def test_a_card_in_hebrew_has_no_more_letters_than_discord_takes() -> None:
    """Each name from right to left has two more letters, which nobody sees, and a separator."""
    hebrew = [chr(code) for code in range(0x5D0, 0x5EB)]
    pairs = [one + other for one in hebrew for other in hebrew]
    server = replace(
        BIG_SERVER,
        name="א*" * 50,
        subjects=tuple(Subject(name=name, group="ב") for name in pairs[:MAX_SUBJECTS]),
        languages=tuple(language_names())[:MAX_LANGUAGES],
    )
    typed = TypedTopics(
        subjects="\n".join([*pairs[:90], *(letter * (MAX_SUBJECT_LETTERS + 1) for letter in hebrew)]),
        lengths=",".join(pairs[:100]),
        languages=",".join(pairs[200:300]),
    )
    _, mistakes = read_topics(typed, language_names=language_names(), current=topics_of(server))
    values = {"channel": f"<#{10**18}>", "who": f"<@&{10**18}>", "role": f"<@&{10**18}>", "category": "א\\*" * 50}
    problems = [SetupProblem(code=code, values=values) for code in ("send_messages.category", "members_commands")]
    result = SetupResult(server=server, note="topics_changed", channel_id=1, has_draft=True, mistakes=mistakes)
    assert len(mistakes) == len(fields(TypedTopics))
    assert letters_in(setup_view(words_for(), result, problems).to_components()) <= 4000  # type: ignore[no-untyped-call]
