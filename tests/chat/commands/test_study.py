"""The commands as they are synced to Discord, within its limits and in every language.

The library does not check translated names, and one bad name makes the whole sync fail.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.words import catalogue_languages, words_for
from tests.chat.chat_harness import ChatHarness

NAME = re.compile(r"[-_'\w]{1,32}")


def all_named(options: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Commands, and all their options."""
    for option in options:
        yield option
        yield from all_named(option.get("options", []))


async def test_commands_and_options_have_their_names(harness: ChatHarness) -> None:
    """Names that members and documents rely on do not change."""
    study = harness.synced_commands("study")
    assert {command["name"]: [option["name"] for option in command["options"]] for command in study} == {
        "now": ["subject", "length", "style", "camera", "level", "language", "wait"],
        "status": [],
        "leave": [],
        "link": [],
        "block": ["member"],
        "unblock": ["member"],
        "report": ["member"],
    }
    assert [command["name"] for command in harness.synced_commands("buddy")] == [
        "setup",
        "stats",
        "check",
        "ban",
        "unban",
        "audit",
    ]


async def test_synced_names_and_descriptions_fit(harness: ChatHarness) -> None:
    """So do translated ones."""
    for group in ("study", "buddy"):
        for option in all_named(list(harness.synced_commands(group))):
            names = [option["name"], *(option.get("name_localizations") or {}).values()]
            descriptions = [option["description"], *(option.get("description_localizations") or {}).values()]
            assert all(NAME.fullmatch(name) and name == name.lower() for name in names), option["name"]
            assert all(1 <= len(text) <= 100 for text in descriptions), option["name"]


@pytest.mark.parametrize("language", catalogue_languages())
def test_the_texts_of_every_language_fit(language: str) -> None:
    """Names are lower-case and have at most 32 letters, descriptions and choices 100, buttons 38."""
    for key, text in words_for(language).texts.items():
        if key.startswith(("chat.commands.", "chat.options.")) and key.endswith(".name"):
            assert NAME.fullmatch(text), key
            assert text == text.lower(), key
        elif key.startswith(("chat.commands.", "chat.options.", "chat.choices.")):
            assert 1 <= len(text) <= 100, key
        elif key.startswith("chat.button."):
            assert 1 <= len(text) <= 38, key


async def test_a_wait_is_one_to_sixty_minutes(harness: ChatHarness) -> None:
    """The range is part of the command, so Discord refuses anything else."""
    [now] = [command for command in harness.synced_commands("study") if command["name"] == "now"]
    [wait] = [option for option in now["options"] if option["name"] == "wait"]
    assert (wait["min_value"], wait["max_value"]) == (1, 60)


async def test_typed_options_are_as_long_as_a_suggestion_may_be(harness: ChatHarness) -> None:
    """Discord lets nobody type more, so no text is too long to read."""
    [now] = [command for command in harness.synced_commands("study") if command["name"] == "now"]
    limits = {option["name"]: option.get("max_length") for option in now["options"]}
    assert {name for name, limit in limits.items() if limit == 100} == {"subject", "length", "language"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("style", ["quiet", "talk", "any"]),
        ("camera", ["off", "on", "any"]),
        ("level", ["beginner", "intermediate", "advanced", "any"]),
    ],
)
async def test_choices_are_offered_in_this_order(harness: ChatHarness, name: str, values: list[str]) -> None:
    """Camera off is as welcome as on, and comes first."""
    [now] = [command for command in harness.synced_commands("study") if command["name"] == "now"]
    [option] = [option for option in now["options"] if option["name"] == name]
    assert [choice["value"] for choice in option["choices"]] == values


async def test_members_get_study_and_admins_get_buddy(harness: ChatHarness) -> None:
    """`/study` works in direct messages too; `/buddy` needs Manage Server unless a server decides otherwise."""
    commands: Any = harness.requests_to("/commands")[-1]
    by_name = {command["name"]: command for command in commands}
    assert by_name["study"]["default_member_permissions"] is None
    assert int(by_name["buddy"]["default_member_permissions"]) == 1 << 5
    assert (by_name["study"]["contexts"], by_name["buddy"]["contexts"]) == ([0, 1], [0])
    assert all(command["integration_types"] == [0] for command in commands)
