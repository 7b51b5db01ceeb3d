"""The setup card and its form within Discord's limits, and the panel's preconditions."""

from dataclasses import replace

import pytest

from bot.chat.setup.actions import SetupResult
from bot.chat.setup.cards import MAX_SHOWN, setup_view, state_line
from bot.chat.setup.custom_ids import TOPICS_FORM
from bot.chat.setup.forms import topics_form
from bot.chat.setup.permissions import SetupProblem
from bot.chat.setup.topics import Mistake, digest_of, topics_of, write_topics
from bot.domain.server import Audience, Server
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
    assert len(names) == MAX_SHOWN // len(BIG_SERVER.subjects[0].name)
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
