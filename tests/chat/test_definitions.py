"""What Discord is told of our commands, forms and ids, within its limits and in every language.

The library does not check translated names: one bad one makes the whole sync fail.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import ids, wish_form
from bot.chat.setup import card as setup_card
from bot.chat.setup import form as setup_form
from bot.chat.setup import ids as setup_ids
from bot.chat.setup.check import Finding
from bot.domain.server import Audience, Server, Subject
from bot.domain.ticket import Wishes
from bot.words import languages, load
from tests.chat.hall import Hall
from tests.chat.reading import walk

NAME = re.compile(r"[-_'\w]{1,32}")
LONGEST_ID = 2**64 - 1
SEAT = "x" * 22
BIG = Server(
    server_id=LONGEST_ID,
    name="Big",
    subjects=tuple(Subject(name=f"{number:03} {'x' * 36}") for number in range(90)),
    lengths=(25, 50, 75),
    languages=("en",),
    version=999_999,
)
SMALL = Server(server_id=1, name="Small", subjects=(Subject(name="Maths"),), lengths=(25,))


def named(options: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Everything with a name: commands, their options, and those options' choices."""
    for option in options:
        yield option
        yield from named(option.get("options", []))


async def test_the_commands_are_those_of_the_interface(hall: Hall) -> None:
    """Names and options on which others rely."""
    study = {command["name"]: [option["name"] for option in command["options"]] for command in hall.synced("study")}
    assert study == {
        "now": ["subject", "length", "style", "camera", "level", "language", "wait"],
        "status": [],
        "leave": [],
        "link": [],
        "block": ["member"],
        "unblock": ["member"],
    }
    assert [command["name"] for command in hall.synced("buddy")] == ["setup"]


async def test_names_and_descriptions_fit(hall: Hall) -> None:
    """Also every translated one."""
    for group in ("study", "buddy"):
        for option in named(list(hall.synced(group))):
            names = [option["name"], *(option.get("name_localizations") or {}).values()]
            described = [option["description"], *(option.get("description_localizations") or {}).values()]
            assert all(NAME.fullmatch(name) and name == name.lower() for name in names), option["name"]
            assert all(1 <= len(text) <= 100 for text in described), option["name"]


@pytest.mark.parametrize("language", languages())
def test_every_language_fits_the_commands(language: str) -> None:
    """Names are lower-case words of at most 32 letters, descriptions at most 100, choices too."""
    for key, text in load(language).texts.items():
        if key.startswith(("chat.commands.", "chat.options.")) and key.endswith(".name"):
            assert NAME.fullmatch(text), key
            assert text == text.lower(), key
        elif key.startswith(("chat.commands.", "chat.options.", "chat.choices.")):
            assert 1 <= len(text) <= 100, key
        elif key.startswith("chat.button."):
            assert 1 <= len(text) <= 38, key


async def test_patience_is_one_to_sixty_minutes(hall: Hall) -> None:
    """Discord itself refuses anything else."""
    [now] = [command for command in hall.synced("study") if command["name"] == "now"]
    [wait] = [option for option in now["options"] if option["name"] == "wait"]
    assert (wait["min_value"], wait["max_value"]) == (1, 60)


async def test_members_get_study_and_admins_get_buddy(hall: Hall) -> None:
    """In servers only; `/buddy` needs Manage Server unless a server says otherwise."""
    commands: Any = hall.sent("/commands")[0]
    by_name = {command["name"]: command for command in commands}
    assert by_name["study"]["default_member_permissions"] is None
    assert int(by_name["buddy"]["default_member_permissions"]) == 1 << 5
    assert all(command["dm_permission"] is False for command in commands)


@pytest.mark.parametrize(
    ("custom_id", "pattern"),
    [
        (ids.change(LONGEST_ID), ids.CHANGE),
        (ids.wishes(LONGEST_ID), ids.WISHES),
        (ids.stop(), ids.STOP),
        (ids.find(LONGEST_ID), ids.FIND),
        (ids.again(LONGEST_ID, any_subject=True), ids.AGAIN),
        (ids.again(LONGEST_ID, any_subject=False), ids.AGAIN),
        (ids.move(LONGEST_ID), ids.MOVE),
        (ids.decline(SEAT), ids.DECLINE),
        (ids.link(), ids.LINK),
        (ids.show(LONGEST_ID), ids.SHOW),
        (setup_ids.part("audience:adults", LONGEST_ID, 999_999), setup_ids.AUDIENCE),
        (setup_ids.part("channel", LONGEST_ID, 999_999), setup_ids.CHANNEL),
        (setup_ids.part("role", LONGEST_ID, 999_999), setup_ids.ROLE),
        (setup_ids.part("topics", LONGEST_ID, 999_999), setup_ids.TOPICS),
        (setup_ids.part("form", LONGEST_ID, 999_999), setup_ids.TOPICS_FORM),
        (setup_ids.part("post", LONGEST_ID, 999_999), setup_ids.POST),
        (setup_ids.part("pause", LONGEST_ID, 999_999), setup_ids.PAUSE),
        (setup_ids.part("resume", LONGEST_ID, 999_999), setup_ids.PAUSE),
        (setup_ids.part("check", LONGEST_ID, 999_999), setup_ids.CHECK),
    ],
)
def test_an_id_is_short_and_read_by_one_pattern(custom_id: str, pattern: str) -> None:
    """At most 100 characters; no other pattern takes it for its own."""
    patterns = [value for module in (ids, setup_ids) for name, value in vars(module).items() if name.isupper()]
    assert len(custom_id) <= 100
    assert [found for found in patterns if re.fullmatch(found, custom_id) and found.startswith("hb:")] == [pattern]


WORST = [
    Finding(
        code="send_messages.category", values={"channel": f"<#{LONGEST_ID}>", "who": "@everyone", "category": "x" * 100}
    ),
    Finding(code="members_commands", values={"channel": f"<#{LONGEST_ID}>", "role": f"<@&{LONGEST_ID}>"}),
]


@pytest.mark.parametrize(
    "server", [replace(BIG, audience=Audience.ADULTS, channel_id=LONGEST_ID, role_id=LONGEST_ID), SMALL]
)
async def test_the_setup_card_fits(server: Server) -> None:
    """At most 40 parts and 4,000 letters together, no id twice, every id of Discord's as text."""
    view = setup_card.draw(load(), server, WORST, note="subject_long", found="x" * 40)
    parts = list(walk(view.to_components()))  # type: ignore[no-untyped-call]  # discord.py's own
    pressed = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(parts) <= 40
    assert sum(len(part["content"]) for part in parts if "content" in part) <= 4000
    assert len(pressed) == len(set(pressed))
    assert all(isinstance(value["id"], str) for part in parts for value in part.get("default_values") or ())


@pytest.mark.parametrize("server", [BIG, SMALL])
async def test_forms_fit(server: Server) -> None:
    """Titles and labels at most 45, help at most 100, at most 25 options and 4,000 letters of text."""
    for modal in (
        wish_form.form(load(), custom_id=ids.wishes(server.server_id), wishes=Wishes(), server=server),
        setup_form.form(load(), custom_id=setup_ids.part("form", server.server_id, 1), server=server),
    ):
        shown = modal.to_dict()
        assert len(shown["title"]) <= 45
        assert 1 <= len(shown["components"]) <= 5
        for label in shown["components"]:
            assert len(label["label"]) <= 45
            assert len(label.get("description", "")) <= 100
            assert len(label["component"].get("options", [])) <= 25
            assert len(label["component"].get("value", "")) <= 4000
