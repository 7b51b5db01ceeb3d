"""What the page's actions do, with the real bot behind them."""

from typing import Any

import pytest

from bot.sandbox.discord import user_actions
from bot.sandbox.page_actions import PageActions
from bot.sandbox.page_server import Action, ActionRefused
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.student import Student

Json = dict[str, Any]


@pytest.fixture
def actions(sandbox: Sandbox) -> dict[str, Action]:
    return PageActions(sandbox.fake_discord, sandbox.restart_bot).by_name()


def where(student: Student) -> Json:
    """What every request says: who does it, in which channel."""
    return {"person": str(student.person.id), "channel": str(student.study)}


async def test_say(actions: dict[str, Action], alice: Student, bob: Student) -> None:
    """A message is there for all."""
    await actions["say"]({**where(alice), "text": "Hello."})
    assert bob.here()[-1]["content"] == "Hello."


async def test_complete(actions: dict[str, Action], alice: Student) -> None:
    """What is being typed comes back with what it may become."""
    typed = {"command": "study now", "option": "subject", "text": "phy", "values": {}}
    answer = await actions["complete"]({**where(alice), **typed})
    choices: list[Json] = answer["choices"]  # type: ignore[assignment]  # JSON
    assert choices[0]["value"] == "Physics"


async def test_command_press_and_form(actions: dict[str, Action], alice: Student) -> None:
    """A command's card has a button, the button a form, and the form changes the card."""
    await actions["command"]({**where(alice), "command": "study now", "values": {"subject": "Maths"}})
    card = await alice.reads("Maths")
    change = alice.button(card, "Change")
    answer = await actions["press"]({**where(alice), "message": card["id"], "id": change})
    form: Json = answer["modal"]  # type: ignore[assignment]  # JSON
    filled = alice.defaults(form)
    assert filled
    await actions["submit"]({**where(alice), "modal": form["id"], "values": filled})
    assert (await alice.reads("Maths"))["id"] == card["id"]


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("command", {"command": "dance", "values": {}}, "There is no command /dance"),
        ("command", {"command": "buddy setup", "values": {}}, "There is no command /buddy"),
        ("submit", {"modal": "1", "values": {}}, "This form is not open any more"),
        ("press", {"message": "1", "id": "x"}, "any more"),
    ],
)
async def test_what_cannot_be_done(
    actions: dict[str, Action], alice: Student, action: str, body: Json, said: str
) -> None:
    """What nobody could do in Discord is refused in words."""
    with pytest.raises(ActionRefused, match=said):
        await actions[action]({**where(alice), **body})


async def test_no_answer(
    sandbox: Sandbox, actions: dict[str, Action], alice: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that is down does not answer, and that is said."""
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.1)
    await sandbox.bot.stop()
    with pytest.raises(ActionRefused, match="Hey Buddy did not answer within 3 seconds."):
        await actions["command"]({**where(alice), "command": "study status", "values": {}})


async def test_dismiss(actions: dict[str, Action], alice: Student) -> None:
    """What one does not want to see any more is gone."""
    await actions["command"]({**where(alice), "command": "study status", "values": {}})
    card = alice.here()[-1]
    await actions["dismiss"]({**where(alice), "message": card["id"]})
    assert card["id"] not in {message["id"] for message in alice.here()}


async def test_closed_direct_messages(actions: dict[str, Action], alice: Student, bob: Student) -> None:
    """Whoever closes their direct messages gets the link where they asked for it."""
    await actions["direct-messages"]({**where(alice), "closed": True})
    await alice.command("study now")
    await bob.command("study now")
    await alice.reads("/j#")
    assert alice.direct() == []


async def test_restart(sandbox: Sandbox, actions: dict[str, Action], alice: Student) -> None:
    """After a restart the bot is back and answers."""
    assert await actions["restart"]({}) == {}
    assert sandbox.part_statuses()["bot"].text == "connected"
    await alice.command("study status")
