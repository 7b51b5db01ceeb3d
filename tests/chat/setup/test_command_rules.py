"""Whether commands are switched off for members, by what Discord answers."""

from typing import Any

import pytest

from bot.chat.setup.command_rules import are_commands_off

APP, COMMAND, GUILD, CHANNEL = 1, 2, 100, 11
ROLE, USER, PLACE = 1, 2, 3
ALL_CHANNELS = GUILD - 1


def rules(about: int, *each: tuple[int, int, bool]) -> dict[str, Any]:
    """Discord's rules for a command, or for the application."""
    permissions = [{"id": str(id_), "type": kind, "permission": allowed} for id_, kind, allowed in each]
    return {"id": str(about), "permissions": permissions}


@pytest.mark.parametrize(
    ("answer", "is_off"),
    [
        ([], False),
        ([rules(COMMAND, (GUILD, ROLE, False))], True),
        ([rules(APP, (GUILD, ROLE, False))], True),
        ([rules(APP, (GUILD, ROLE, False)), rules(COMMAND, (GUILD, ROLE, True))], False),
        ([rules(COMMAND, (ALL_CHANNELS, PLACE, False))], True),
        ([rules(COMMAND, (ALL_CHANNELS, PLACE, False), (CHANNEL, PLACE, True))], False),
        ([rules(COMMAND, (CHANNEL, PLACE, False))], True),
        ([rules(COMMAND, (CHANNEL + 1, PLACE, False))], False),
        ([rules(COMMAND, (77, ROLE, False), (78, USER, False))], False),
        ([rules(COMMAND + 1, (GUILD, ROLE, False))], False),
    ],
)
def test_the_rule_that_applies_decides(answer: list[dict[str, Any]], *, is_off: bool) -> None:
    """A command's own rules go before the application's, and a channel's before those of all channels."""
    found = are_commands_off(answer, application_id=APP, command_ids=[COMMAND], server_id=GUILD, channel_id=CHANNEL)
    assert found is is_off


@pytest.mark.parametrize("answer", [[{"id": "x", "permissions": []}], [{"id": "2"}], [{"permissions": []}]])
def test_an_answer_of_another_form_is_no_answer(answer: list[dict[str, Any]]) -> None:
    """It is for the caller to go on without it."""
    with pytest.raises((LookupError, ValueError)):
        are_commands_off(answer, application_id=APP, command_ids=[COMMAND], server_id=GUILD, channel_id=CHANNEL)
