"""The setup card and its form within Discord's limits, and the panel's preconditions."""

from dataclasses import fields, replace

import discord
import pytest

from bot.chat.setup.actions import SetupResult
from bot.chat.setup.card_parts import SetupPage
from bot.chat.setup.cards import setup_view
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.custom_ids import TOPICS_FORM
from bot.chat.setup.forms import MAX_PANEL_LETTERS, panel_form, rules_form, topics_form
from bot.chat.setup.state import state_line
from bot.chat.setup.steps import Step
from bot.chat.setup.topic_parts import BETWEEN_SUBJECTS, MAX_SHOWN
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
from bot.chat.ui.rules import MAX_RULE_LETTERS, MAX_RULES
from bot.domain.gate import Gate
from bot.domain.server import Audience, Server, Subject
from bot.words import catalogue_languages, language_names, words_for
from tests.chat.form_limits import BIG_SERVER, LARGEST_ID, SMALL_SERVER, assert_form_fits
from tests.chat.shown import all_components, all_text

LONGEST_FINDINGS = [
    SetupProblem(
        code="send_messages",
        step=Step.PLACES,
        permission="send_messages",
        cause="category",
        values={"channel": f"<#{LARGEST_ID}>", "who": "@everyone", "category": "x" * 100},
    )
] * 40

ACTION_ROW = discord.ComponentType.action_row.value
MISTAKES = ("subject_long", "lengths", "languages")


FULL_SERVER = replace(
    BIG_SERVER,
    audience=Audience.UNSURE,
    channel_id=LARGEST_ID,
    role_id=LARGEST_ID,
    minor_role_id=LARGEST_ID,
    adult_role_id=LARGEST_ID,
    staff_channel_id=LARGEST_ID,
    reader_role_id=LARGEST_ID,
    gate=Gate.STRICT,
    panel_message_id=LARGEST_ID,
    panel_text="x" * MAX_PANEL_LETTERS,
    rules=("x" * MAX_RULE_LETTERS,) * MAX_RULES,
)


@pytest.mark.parametrize("language", catalogue_languages())
@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("server", [FULL_SERVER, SMALL_SERVER])
async def test_every_page_of_the_card_fits(server: Server, step: Step, language: str) -> None:
    """Discord's limits hold: 40 components, 4,000 letters in all, 5 in a row, labels, ids that are text and unique."""
    long = tuple("_" * 60 for _ in range(99))
    mistakes = tuple(Mistake(reason=reason, found=long, understood=long) for reason in MISTAKES)
    result = SetupResult(server=server, note="panel_stays", channel_id=LARGEST_ID, has_draft=True, mistakes=mistakes)
    page = SetupPage(step=step, result=result, problems=LONGEST_FINDINGS, known_ids={LARGEST_ID})
    view = setup_view(words_for(language), page)
    components = list(all_components(view.to_components()))  # type: ignore[no-untyped-call]  # discord.py's own
    custom_ids = [part["custom_id"] for part in components if "custom_id" in part]
    assert len(components) <= 40
    assert sum(len(part["content"]) for part in components if "content" in part) <= 4000
    assert len(custom_ids) == len(set(custom_ids))
    assert all(isinstance(value["id"], str) for part in components for value in part.get("default_values") or ())
    assert all(len(part.get("components", "x")) >= 1 for part in components)
    assert all(len(part["components"]) <= 5 for part in components if part["type"] == ACTION_ROW)
    assert all(len(part.get("label") or "") <= 80 and len(part.get("placeholder") or "") <= 150 for part in components)
    options = [option for part in components for option in part.get("options", ())]
    assert all(len(option["label"]) <= 100 and len(option["description"]) <= 100 for option in options)
    assert all(custom_id and len(custom_id) <= 100 for custom_id in custom_ids)
    assert all(part["content"] for part in components if "content" in part)


def test_only_so_many_subjects_are_shown_as_there_is_room_for() -> None:
    """The card says how many more there are."""
    view = setup_view(words_for(), SetupPage(step=Step.OVERVIEW, result=SetupResult(server=BIG_SERVER)))
    shown = all_text(view.to_components())  # type: ignore[no-untyped-call]  # discord.py's own
    names = [subject.name for subject in BIG_SERVER.subjects if subject.name in shown]
    assert len(names) == MAX_SHOWN // len(f"{BIG_SERVER.subjects[0].name}{BETWEEN_SUBJECTS}")
    assert words_for()("chat.setup.topics.more", count=len(BIG_SERVER.subjects) - len(names)) in shown


STATES = [
    (None, [], "🟠", "Nearly done. Post my button"),
    (5, [], "🟢", "Pairing is on. My button is in <#7>."),
    (
        5,
        [SetupProblem(code="members_see", step=Step.PLACES, stops=False)],
        "🟢",
        "Pairing is on, but see the warning below.",
    ),
    (
        5,
        [SetupProblem(code="gone", step=Step.PLACES)],
        "🟠",
        "Pairing is on, but something in the channel needs fixing.",
    ),
    (
        5,
        [SetupProblem(code="timed_out", step=Step.PLACES)],
        "🟠",
        "Pairing is on, but something in the channel needs fixing.",
    ),
    (5, [SetupProblem(code="role_gone", step=Step.PEOPLE)], "🟠", "Nobody can be matched right now."),
    (
        5,
        [SetupProblem(code="role_gone", step=Step.PEOPLE), SetupProblem(code="gone", step=Step.PLACES)],
        "🟠",
        "Nobody can be matched right now.",
    ),
    (5, [SetupProblem(code="panel_gone", step=Step.LOOK, stops=False)], "🟠", "Pairing is on, but my button is gone."),
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
    problem = SetupProblem(
        code="send_messages", step=Step.PLACES, permission="send_messages", cause="category", values=values
    )
    result = SetupResult(server=server, note="topics_changed", channel_id=1, has_draft=True, mistakes=mistakes)
    assert len(mistakes) == len(fields(TypedTopics))
    page = SetupPage(step=Step.OVERVIEW, result=result, problems=[problem] * 9)
    assert letters_in(setup_view(words_for(), page).to_components()) <= 4000  # type: ignore[no-untyped-call]


async def test_the_forms_of_the_words_fit() -> None:
    """Also where a longer text was saved than fits now: Discord refuses a default that is too long."""
    custom_id = "hb:setup:said:1:0123456789abcdef"
    assert_form_fits(panel_form(words_for(), custom_id=custom_id, filled="x" * 5000))
    form = rules_form(words_for(), custom_id=custom_id, filled=["x" * 500] * 9)
    assert_form_fits(form)
    values = [label["component"]["value"] for label in form.to_dict()["components"]]
    assert [len(value) for value in values] == [MAX_RULE_LETTERS] * MAX_RULES


@pytest.mark.parametrize("step", [Step.AUDIENCE, Step.PLACES, Step.PEOPLE])
def test_selects_show_only_what_still_exists(step: Step) -> None:
    """Discord refuses a card with a default that was deleted."""
    for known, shown in (({LARGEST_ID}, True), (set(), False)):
        page = SetupPage(step=step, result=SetupResult(server=FULL_SERVER), known_ids=known)
        components = all_components(setup_view(words_for(), page).to_components())  # type: ignore[no-untyped-call]
        assert any(part.get("default_values") for part in components) is shown
