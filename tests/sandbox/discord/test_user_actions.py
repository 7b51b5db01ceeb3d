"""What people do, answered by a real bot: commands, suggestions, buttons, selects, forms, and what nobody could do."""

import asyncio
from typing import Any

import pytest
from discord import ui

from bot.sandbox.discord import user_actions
from bot.sandbox.discord.fake_discord import Person
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.sandbox.discord.server_with_bot import Hall
from tests.sandbox.discord.small_bot import Press, Selects, running_bot

THINKING = 1 << 7


# --- commands --------------------------------------------------------------------------------------------------------


async def test_deferred_then_edited(hall: Hall) -> None:
    """A deferred answer shows that the bot thinks, then what it says; only who asked sees it."""
    hall.bot.looked_up.clear()
    await hall.fake_discord.call_command(hall.alice, hall.study, "study now", {"subject": "Physics"})
    thinking = hall.last(hall.alice)
    assert thinking["flags"] & THINKING
    assert thinking["interaction"] == {"user": str(hall.alice.id), "command": "study now"}
    hall.bot.looked_up.set()
    said = await hall.until(hall.alice, "Physics")
    assert (said["id"], said["flags"] & THINKING, said["reader"]) == (thinking["id"], 0, str(hall.alice.id))
    assert said["edited_timestamp"] is not None
    assert hall.fake_discord.channel_messages(hall.study, hall.bob) == []


async def test_every_kind_of_option(hall: Hall) -> None:
    """Texts, numbers, choices, people, channels and roles arrive as what they are."""
    values = {"subject": "Maths", "wait": "5", "style": "quiet", "member": str(hall.bob.id), "channel": str(hall.study)}
    await hall.fake_discord.call_command(
        hall.alice, hall.study, "study now", {**values, "role": str(hall.fake_discord.ensure_role("Staff"))}
    )
    await hall.until(hall.alice, "Maths 5 quiet bob study Staff")


async def test_suggestions(hall: Hall) -> None:
    """What is typed comes back as choices; what else is filled in so far need not fit yet."""
    answer = await hall.fake_discord.autocomplete(
        hall.alice, hall.study, "study now", option="subject", typed="ph", values={"wait": "61"}
    )
    assert answer.choices == [{"name": "Physics", "value": "physics"}]


async def test_the_language_of_who_asks(hall: Hall) -> None:
    """Each interaction carries its member's language."""
    for person in (hall.alice, hall.bob):
        doing = asyncio.create_task(hall.fake_discord.call_command(person, hall.study, "study later"))
        asked = await hall.bot.asked()
        await asked.response.defer()
        await doing
        assert str(asked.locale) == person.locale


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("nothing", {}, "There is no command /nothing for you here."),
        ("study nothing", {}, "There is no command /study nothing."),
        ("study now", {"colour": "red"}, "This command has no option colour."),
        ("study now", {"wait": "61"}, "wait takes a number from 1 to 60."),
        ("study now", {"wait": "soon"}, "wait takes a whole number."),
        ("study now", {"wait": "1.5"}, "wait takes a whole number."),
        ("study now", {"style": "loud"}, "There is no choice loud."),
        ("study now", {"member": "1"}, "Nobody and nothing here has the id 1."),
        ("study now", {"role": "x"}, "Nobody and nothing here has the id x."),
        ("study block", {}, "member is still empty."),
    ],
)
async def test_commands_nobody_can_call(hall: Hall, path: str, values: dict[str, str], said: str) -> None:
    """Discord's own clients would not send it."""
    with pytest.raises(ImpossibleAction, match=said):
        await hall.fake_discord.call_command(hall.alice, hall.study, path, values)


async def test_suggestions_where_there_are_none(hall: Hall) -> None:
    """Only options that suggest something can be asked."""
    with pytest.raises(ImpossibleAction, match="suggests nothing for wait"):
        await hall.fake_discord.autocomplete(hall.alice, hall.study, "study now", option="wait", typed="1")


async def test_who_is_offered_what(hall: Hall) -> None:
    """Admins' commands are theirs, a server's commands stay in it, and who cannot see a channel calls nothing there."""
    staff = hall.fake_discord.add_channel("staff", only=[hall.fake_discord.ensure_role("Staff")])

    def offered(person: Person, channel_id: int) -> list[str]:
        return [command["name"] for command in hall.fake_discord.offered_commands(person, channel_id)]

    assert offered(hall.alice, hall.study) == ["study"]
    assert offered(hall.dana, hall.study) == ["setup", "study"]
    assert offered(hall.dana, hall.fake_discord.direct_channel_id(hall.dana)) == ["study"]
    assert offered(hall.alice, staff) == []
    with pytest.raises(ImpossibleAction):
        await hall.fake_discord.call_command(hall.alice, hall.study, "setup")


async def test_the_bot_does_not_answer(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds without an answer are too many; here a tenth of one stands for them."""
    assert user_actions.RESPONSE_TIMEOUT_S == 3
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.1)
    began = asyncio.get_running_loop().time()
    with pytest.raises(NoResponse):
        await hall.fake_discord.call_command(hall.alice, hall.study, "study later")
    assert asyncio.get_running_loop().time() - began >= user_actions.RESPONSE_TIMEOUT_S


# --- buttons and selects ---------------------------------------------------------------------------------------------


def panel(*what: str) -> ui.View:
    view = ui.View(timeout=None)
    for each in what:
        view.add_item(Press(each))
    view.add_item(ui.Button(label="Open", url="https://study.example/j#token"))
    return view


async def test_a_button_outlives_the_bot(hall: Hall) -> None:
    """Another process answers a press on what the first one posted."""
    posted = await hall.bot.post(hall.study, content="Find a partner", view=panel("find"))
    await hall.bot.close()
    async with running_bot(hall.fake_discord):
        await hall.fake_discord.use_component(hall.alice, hall.study, posted.id, "press:find")
    said = hall.last(hall.alice)
    assert (said["content"], said["interaction"]) == ("pressed find", {"user": str(hall.alice.id), "command": None})


async def test_a_button_in_direct_messages(hall: Hall) -> None:
    """Buttons work there too."""
    direct = hall.fake_discord.direct_channel_id(hall.alice)
    posted = await hall.bot.post(direct, content="You have a partner", view=panel("decline"))
    await hall.fake_discord.use_component(hall.alice, direct, posted.id, "press:decline")
    assert hall.last(hall.alice, direct)["content"] == "pressed decline"


@pytest.mark.parametrize(
    ("select", "chosen", "said"),
    [
        ("words", ["a", "c"], "a c"),
        ("people", ["bob"], "Bob"),
        ("roles", ["Staff"], "Staff"),
        ("channels", ["study"], "study"),
        ("anybody", ["bob"], "Member bob"),
        ("anybody", ["Staff"], "Role Staff"),
    ],
)
async def test_selects(hall: Hall, select: str, chosen: list[str], said: str) -> None:
    """Every kind of select tells the bot what was chosen."""
    ids = {"bob": hall.bob.id, "Staff": hall.fake_discord.ensure_role("Staff"), "study": hall.study}
    posted = await hall.bot.post(hall.study, content="Choose", view=Selects(timeout=None))
    await hall.fake_discord.use_component(
        hall.alice, hall.study, posted.id, select, values=[str(ids.get(each, each)) for each in chosen]
    )
    assert hall.last(hall.bob)["content"] == said


@pytest.mark.parametrize(
    ("custom_id", "values", "said"),
    [
        ("press:nothing", [], "There is no such button any more."),
        ("words", [], "Here one chooses 1 to 2."),
        ("words", ["a", "b", "c"], "Here one chooses 1 to 2."),
        ("words", ["a", "a"], "Here one chooses 1 to 2."),
        ("words", ["z"], "There is no choice z."),
        ("people", ["1"], "Nobody and nothing here has the id 1."),
    ],
)
async def test_presses_nobody_can_make(hall: Hall, custom_id: str, values: list[str], said: str) -> None:
    """Discord's own clients would not send it."""
    posted = await hall.bot.post(hall.study, content="Choose", view=Selects(timeout=None))
    with pytest.raises(ImpossibleAction, match=said):
        await hall.fake_discord.use_component(hall.alice, hall.study, posted.id, custom_id, values=values)


async def test_only_its_reader_presses_a_private_answer(hall: Hall) -> None:
    """A button in an answer that one person sees is theirs, until they dismiss it."""
    doing = asyncio.create_task(hall.fake_discord.call_command(hall.alice, hall.study, "study later"))
    await (await hall.bot.asked()).response.send_message("yours", view=panel("stop"), ephemeral=True)
    await doing
    card = int(hall.last(hall.alice)["id"])
    with pytest.raises(ImpossibleAction):
        await hall.fake_discord.use_component(hall.bob, hall.study, card, "press:stop")
    await hall.fake_discord.use_component(hall.alice, hall.study, card, "press:stop")
    hall.fake_discord.dismiss_message(hall.alice, card)
    with pytest.raises(ImpossibleAction):
        await hall.fake_discord.use_component(hall.alice, hall.study, card, "press:stop")


async def test_what_is_gone_cannot_be_pressed(hall: Hall) -> None:
    """A message that was deleted has no buttons."""
    posted = await hall.bot.post(hall.study, content="Find a partner", view=panel("find"))
    await posted.delete()
    with pytest.raises(ImpossibleAction, match="This message is not there any more."):
        await hall.fake_discord.use_component(hall.alice, hall.study, posted.id, "press:find")


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"subject": "Physics", "length": ["50"]}, "Physics for 50"),
        ({"length": ["25"]}, "Maths for 25"),  # a field left alone keeps what was in it
    ],
)
async def test_forms(hall: Hall, values: dict[str, Any], said: str) -> None:
    """What is filled in reaches the bot."""
    await hall.fake_discord.submit_modal(hall.alice, await hall.modal(hall.alice), values)
    assert hall.last(hall.alice)["content"] == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"subject": "", "length": ["25"]}, "Here one writes 1 to 20 letters."),
        ({"subject": "x" * 21, "length": ["25"]}, "Here one writes 1 to 20 letters."),
        ({}, "Here one chooses 1."),
        ({"length": ["90"]}, "There is no choice 90."),
    ],
)
async def test_forms_nobody_can_send(hall: Hall, values: dict[str, Any], said: str) -> None:
    """Discord's own clients would not send it, and the form stays open."""
    shown = await hall.modal(hall.alice)
    with pytest.raises(ImpossibleAction, match=said):
        await hall.fake_discord.submit_modal(hall.alice, shown, values)
    await hall.fake_discord.submit_modal(hall.alice, shown, {"length": ["25"]})


async def test_a_form_is_sent_once_and_by_who_opened_it(hall: Hall) -> None:
    """Somebody else's form, or one that was sent, is not open."""
    shown = await hall.modal(hall.alice)
    with pytest.raises(ImpossibleAction, match="not open"):
        await hall.fake_discord.submit_modal(hall.bob, shown, {"length": ["25"]})
    await hall.fake_discord.submit_modal(hall.alice, shown, {"length": ["25"]})
    with pytest.raises(ImpossibleAction, match="not open"):
        await hall.fake_discord.submit_modal(hall.alice, shown, {"length": ["25"]})


async def test_a_form_without_an_answer_stays_open(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the bot is away nothing is lost: the form can be sent again."""
    shown = await hall.modal(hall.alice)
    await hall.bot.close()
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.05)
    for _ in range(2):
        with pytest.raises(NoResponse):
            await hall.fake_discord.submit_modal(hall.alice, shown, {"length": ["25"]})
