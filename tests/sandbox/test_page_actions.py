"""The page's actions, with the real bot."""

from typing import Any

import pytest

from bot.domain.match import APART_FOR
from bot.sandbox.discord import user_actions
from bot.sandbox.page_actions import PageActions
from bot.sandbox.page_server import Action, ActionRefused
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.student import Student

Json = dict[str, Any]


@pytest.fixture
def actions(sandbox: Sandbox) -> dict[str, Action]:
    return PageActions(
        sandbox.world,
        restart_bot=sandbox.restart_bot,
        pass_an_hour=sandbox.pass_an_hour,
        set_careful=sandbox._store_watch.set_careful,
    ).by_name()


def request_of(student: Student) -> Json:
    """The fields of every request: the person and the channel."""
    return {"person": str(student.person.id), "channel": str(student.study)}


async def test_post_message(actions: dict[str, Action], alice: Student, bob: Student) -> None:
    """A posted message is visible to everybody."""
    await actions["say"]({**request_of(alice), "text": "Hello."})
    assert bob.here()[-1]["content"] == "Hello."


async def test_an_hour_passes(actions: dict[str, Action], sandbox: Sandbox) -> None:
    """The clock of the whole sandbox is an hour ahead, and the page is told."""
    before = sandbox.clock.now()
    await actions["hour"]({})
    assert sandbox.clock.now() >= before + APART_FOR
    assert sandbox._current_snapshot()["ahead_ms"] == 1000 * APART_FOR.total_seconds()


async def test_newcomers_wait(actions: dict[str, Action], sandbox: Sandbox) -> None:
    """*Careful* is switched on in the server that the page names, and the page is told."""
    server = str(sandbox.fake_discord.guild_id)
    await actions["careful"]({"server": server, "on": True})
    assert sandbox._current_snapshot()["careful"] == {server: True}


async def test_autocomplete(actions: dict[str, Action], alice: Student) -> None:
    """The text being typed in an option gets the bot's choices."""
    typed = {"command": "study now", "option": "subject", "text": "phy", "values": {}}
    answer = await actions["complete"]({**request_of(alice), **typed})
    choices: list[Json] = answer["choices"]  # type: ignore[assignment]  # JSON
    assert choices[0]["value"] == "Physics"


async def test_command_press_and_form(actions: dict[str, Action], alice: Student) -> None:
    """A command posts a card, its button opens a form, and the form changes the card."""
    await actions["command"]({**request_of(alice), "command": "study now", "values": {"subject": "Maths"}})
    asked = await alice.reads("I agree")
    agree = alice.button(asked, "I agree")
    await actions["press"]({**request_of(alice), "message": asked["id"], "id": agree})
    card = await alice.reads("Maths")
    change = alice.button(card, "Change")
    answer = await actions["press"]({**request_of(alice), "message": card["id"], "id": change})
    form: Json = answer["modal"]  # type: ignore[assignment]  # JSON
    filled = alice.defaults(form)
    assert filled
    await actions["submit"]({**request_of(alice), "modal": form["id"], "values": filled})
    assert (await alice.reads("Maths"))["id"] == card["id"]


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("command", {"command": "dance", "values": {}}, "There's no command /dance"),
        ("command", {"command": "buddy setup", "values": {}}, "There's no command /buddy"),
        ("submit", {"modal": "1", "values": {}}, "This form is no longer open"),
        ("press", {"message": "1", "id": "x"}, "no longer"),
    ],
)
async def test_refusals(actions: dict[str, Action], alice: Student, action: str, body: Json, said: str) -> None:
    """What Discord would not allow is refused with a reason."""
    with pytest.raises(ActionRefused, match=said):
        await actions[action]({**request_of(alice), **body})


async def test_no_response(
    sandbox: Sandbox, actions: dict[str, Action], alice: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the bot is down, the refusal says that it did not answer."""
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.1)
    await sandbox.bot.stop()
    with pytest.raises(ActionRefused, match="Hey Buddy didn't answer within 3 seconds."):
        await actions["command"]({**request_of(alice), "command": "study status", "values": {}})


async def test_dismiss(actions: dict[str, Action], alice: Student) -> None:
    """A dismissed message is not shown any more."""
    await actions["command"]({**request_of(alice), "command": "study status", "values": {}})
    card = alice.here()[-1]
    await actions["dismiss"]({**request_of(alice), "message": card["id"]})
    assert card["id"] not in {message["id"] for message in alice.here()}


async def test_closed_direct_messages(actions: dict[str, Action], alice: Student, bob: Student) -> None:
    """A student with closed direct messages gets the link in the channel of their command."""
    await actions["direct-messages"]({**request_of(alice), "closed": True})
    await alice.search()
    await bob.search()
    await alice.reads("/j#")
    assert alice.direct() == []


async def test_restart(sandbox: Sandbox, actions: dict[str, Action], alice: Student) -> None:
    """After a restart the bot is connected and answers."""
    assert await actions["restart"]({}) == {}
    assert sandbox.part_statuses()["bot"].text == "connected"
    await alice.command("study status")
