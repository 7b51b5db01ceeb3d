"""Commands, autocomplete, buttons, selects and forms with a real bot, and actions that Discord would not allow."""

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from bot.sandbox.discord import user_actions
from bot.sandbox.discord.attachments import ChosenFile
from bot.sandbox.discord.fake_discord import Person
from bot.sandbox.discord.simcord_internals import AppCommandType
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.polling import TIMEOUT
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import Press, Selects, SmallBot, running_bot

THINKING = 1 << 7


# --- commands --------------------------------------------------------------------------------------------------------


async def test_deferred_then_edited(server: ServerWithBot) -> None:
    """A deferred response shows that the bot is thinking, then its content; only the caller sees it."""
    server.bot.may_answer.clear()
    await server.fake_discord.call_command(server.alice, server.study, "study now", {"subject": "Physics"})
    thinking = server.newest_message(server.alice)
    assert thinking["flags"] & THINKING
    assert thinking["interaction"] == {"user": str(server.alice.id), "command": "study now"}
    server.bot.may_answer.set()
    text = await server.wait_for_content(server.alice, "Physics")
    assert (text["id"], text["flags"] & THINKING, text["reader"]) == (thinking["id"], 0, str(server.alice.id))
    assert text["edited_timestamp"] is not None
    assert server.fake_discord.channel_messages(server.study, server.bob) == []


async def test_every_kind_of_option(server: ServerWithBot) -> None:
    """Strings, numbers, choices, members, channels and roles reach the bot with their types."""
    values = {
        "subject": "Maths",
        "wait": "5",
        "style": "quiet",
        "member": str(server.bob.id),
        "channel": str(server.study),
    }
    await server.fake_discord.call_command(
        server.alice, server.study, "study now", {**values, "role": str(server.fake_discord.ensure_role("Staff"))}
    )
    await server.wait_for_content(server.alice, "Maths 5 quiet bob study Staff")


async def test_autocomplete(server: ServerWithBot) -> None:
    """The text being typed gets choices; other options need not be valid yet."""
    answer = await server.fake_discord.autocomplete(
        server.alice, server.study, "study now", option="subject", typed="ph", values={"wait": "61"}
    )
    assert answer.choices == [{"name": "Physics", "value": "physics"}]


async def test_locale(server: ServerWithBot) -> None:
    """Each interaction carries the language of its user."""
    for person in (server.alice, server.bob):
        calling = asyncio.create_task(server.fake_discord.call_command(person, server.study, "study later"))
        interaction = await server.bot.next_interaction()
        await interaction.response.defer()
        await calling
        assert str(interaction.locale) == person.locale


@pytest.mark.parametrize(
    ("path", "values", "text"),
    [
        ("nothing", {}, "There's no command /nothing for you here."),
        ("study nothing", {}, "There's no command /study nothing."),
        ("study now", {"colour": "red"}, "This command has no option colour."),
        ("study now", {"wait": "61"}, "wait takes a number from 1 to 60."),
        ("study now", {"wait": "soon"}, "wait takes a whole number."),
        ("study now", {"wait": "1.5"}, "wait takes a whole number."),
        ("study now", {"style": "loud"}, "There's no choice loud."),
        ("study now", {"member": "1"}, "Nobody and nothing here has the ID 1."),
        ("study now", {"role": "x"}, "Nobody and nothing here has the ID x."),
        ("study block", {}, "member is still empty."),
    ],
)
async def test_impossible_commands(server: ServerWithBot, path: str, values: dict[str, str], text: str) -> None:
    """What Discord's own clients refuse is refused with a reason."""
    with pytest.raises(ImpossibleAction, match=text):
        await server.fake_discord.call_command(server.alice, server.study, path, values)


async def test_autocomplete_of_other_options(server: ServerWithBot) -> None:
    """Only options with autocomplete have choices to request."""
    with pytest.raises(ImpossibleAction, match="suggests nothing for wait"):
        await server.fake_discord.autocomplete(server.alice, server.study, "study now", option="wait", typed="1")


async def test_offered_commands(server: ServerWithBot) -> None:
    """Admin commands are for admins, server commands for servers, and a hidden channel offers none."""
    staff = server.fake_discord.add_channel("staff", only=[server.fake_discord.ensure_role("Staff")])

    def offered(person: Person, channel_id: int) -> list[str]:
        return [command["name"] for command in server.fake_discord.offered_commands(person, channel_id)]

    assert offered(server.alice, server.study) == ["study"]
    assert offered(server.dana, server.study) == ["setup", "study"]
    assert offered(server.dana, server.fake_discord.direct_channel_id(server.dana)) == ["study"]
    assert offered(server.alice, staff) == []
    with pytest.raises(ImpossibleAction):
        await server.fake_discord.call_command(server.alice, server.study, "setup")


async def test_no_response(server: ServerWithBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a response within the time limit (3 seconds, here 0.1) the action fails."""
    assert user_actions.RESPONSE_TIMEOUT_S == 3
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.1)
    began = asyncio.get_running_loop().time()
    with pytest.raises(NoResponse):
        await server.fake_discord.call_command(server.alice, server.study, "study later")
    assert asyncio.get_running_loop().time() - began >= user_actions.RESPONSE_TIMEOUT_S


# --- buttons and selects ---------------------------------------------------------------------------------------------


def panel(*what: str) -> ui.View:
    view = ui.View(timeout=None)
    for each in what:
        view.add_item(Press(each))
    view.add_item(ui.Button(label="Open", url="https://study.example/j#token"))
    return view


async def test_a_button_after_a_restart(server: ServerWithBot) -> None:
    """A button posted before the bot was restarted still works."""
    posted = await server.bot.post_message(server.study, content="Find a partner", view=panel("find"))
    await server.bot.close()
    async with running_bot(server.fake_discord):
        await server.fake_discord.use_component(server.alice, server.study, posted.id, "press:find")
    text = server.newest_message(server.alice)
    assert (text["content"], text["interaction"]) == ("pressed find", {"user": str(server.alice.id), "command": None})


async def test_a_button_in_direct_messages(server: ServerWithBot) -> None:
    """Buttons work in direct messages."""
    direct = server.fake_discord.direct_channel_id(server.alice)
    posted = await server.bot.post_message(direct, content="You have a partner", view=panel("decline"))
    await server.fake_discord.use_component(server.alice, direct, posted.id, "press:decline")
    assert server.newest_message(server.alice, direct)["content"] == "pressed decline"


@pytest.mark.parametrize(
    ("select", "chosen", "text"),
    [
        ("words", ["a", "c"], "a c"),
        ("people", ["bob"], "Bob"),
        ("roles", ["Staff"], "Staff"),
        ("channels", ["study"], "study"),
        ("anybody", ["bob"], "Member bob"),
        ("anybody", ["Staff"], "Role Staff"),
    ],
)
async def test_selects(server: ServerWithBot, select: str, chosen: list[str], text: str) -> None:
    """The bot gets the values chosen in each kind of select."""
    ids = {"bob": server.bob.id, "Staff": server.fake_discord.ensure_role("Staff"), "study": server.study}
    posted = await server.bot.post_message(server.study, content="Choose", view=Selects(timeout=None))
    await server.fake_discord.use_component(
        server.alice, server.study, posted.id, select, values=[str(ids.get(each, each)) for each in chosen]
    )
    assert server.newest_message(server.bob)["content"] == text


@pytest.mark.parametrize(
    ("custom_id", "values", "text"),
    [
        ("press:nothing", [], "This button is no longer there."),
        ("words", [], "Choose 1 to 2 here."),
        ("words", ["a", "b", "c"], "Choose 1 to 2 here."),
        ("words", ["a", "a"], "Choose 1 to 2 here."),
        ("words", ["z"], "There's no choice z."),
        ("people", ["1"], "Nobody and nothing here has the ID 1."),
    ],
)
async def test_impossible_component_uses(server: ServerWithBot, custom_id: str, values: list[str], text: str) -> None:
    """What Discord's own clients refuse is refused with a reason."""
    posted = await server.bot.post_message(server.study, content="Choose", view=Selects(timeout=None))
    with pytest.raises(ImpossibleAction, match=text):
        await server.fake_discord.use_component(server.alice, server.study, posted.id, custom_id, values=values)


async def test_only_the_reader_can_press_an_ephemeral_button(server: ServerWithBot) -> None:
    """Only the reader of an ephemeral message can press its buttons, until they dismiss it."""
    calling = asyncio.create_task(server.fake_discord.call_command(server.alice, server.study, "study later"))
    await (await server.bot.next_interaction()).response.send_message("yours", view=panel("stop"), ephemeral=True)
    await calling
    card = int(server.newest_message(server.alice)["id"])
    with pytest.raises(ImpossibleAction):
        await server.fake_discord.use_component(server.bob, server.study, card, "press:stop")
    await server.fake_discord.use_component(server.alice, server.study, card, "press:stop")
    server.fake_discord.dismiss_message(server.alice, card)
    with pytest.raises(ImpossibleAction):
        await server.fake_discord.use_component(server.alice, server.study, card, "press:stop")


async def test_pressing_a_deleted_message(server: ServerWithBot) -> None:
    """The buttons of a deleted message cannot be pressed."""
    posted = await server.bot.post_message(server.study, content="Find a partner", view=panel("find"))
    await posted.delete()
    with pytest.raises(ImpossibleAction, match="This message is no longer there."):
        await server.fake_discord.use_component(server.alice, server.study, posted.id, "press:find")


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"subject": "Physics", "length": ["50"]}, "Physics for 50"),
        ({"length": ["25"]}, "Maths for 25"),  # an untouched field keeps its default
    ],
)
async def test_forms(server: ServerWithBot, values: dict[str, Any], text: str) -> None:
    """The bot gets the values of a form."""
    await server.fake_discord.submit_modal(server.alice, await server.open_form(server.alice), values)
    assert server.newest_message(server.alice)["content"] == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"subject": "", "length": ["25"]}, "Write 1 to 20 letters here."),
        ({"subject": "x" * 21, "length": ["25"]}, "Write 1 to 20 letters here."),
        ({}, "Choose 1 here."),
        ({"length": ["90"]}, "There's no choice 90."),
    ],
)
async def test_impossible_forms(server: ServerWithBot, values: dict[str, Any], text: str) -> None:
    """Values that Discord's own clients refuse are not sent, and the form stays open."""
    shown = await server.open_form(server.alice)
    with pytest.raises(ImpossibleAction, match=text):
        await server.fake_discord.submit_modal(server.alice, shown, values)
    await server.fake_discord.submit_modal(server.alice, shown, {"length": ["25"]})


async def test_a_form_is_submitted_once_by_its_user(server: ServerWithBot) -> None:
    """A form cannot be submitted by somebody else, nor twice."""
    shown = await server.open_form(server.alice)
    with pytest.raises(ImpossibleAction, match="no longer open"):
        await server.fake_discord.submit_modal(server.bob, shown, {"length": ["25"]})
    await server.fake_discord.submit_modal(server.alice, shown, {"length": ["25"]})
    with pytest.raises(ImpossibleAction, match="no longer open"):
        await server.fake_discord.submit_modal(server.alice, shown, {"length": ["25"]})


async def test_a_form_without_a_response_stays_open(server: ServerWithBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form can be submitted again if the bot did not respond."""
    shown = await server.open_form(server.alice)
    await server.bot.close()
    monkeypatch.setattr(user_actions, "RESPONSE_TIMEOUT_S", 0.05)
    for _ in range(2):
        with pytest.raises(NoResponse):
            await server.fake_discord.submit_modal(server.alice, shown, {"length": ["25"]})


# --- menus -----------------------------------------------------------------------------------------------------------


def add_menus(bot: SmallBot) -> None:
    """Two entries with spaces in their names; the bot answers with what was chosen."""

    async def report(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"reported {member.name}", ephemeral=True)

    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"quoted {message.id}", ephemeral=True)

    bot.tree.add_command(app_commands.ContextMenu(name="Report to Staff", callback=report))
    bot.tree.add_command(app_commands.ContextMenu(name="Quote This", callback=quote))


async def test_menus_of_members_and_messages(server: ServerWithBot) -> None:
    """They are no commands, and are chosen by their whole name."""
    add_menus(server.bot)
    await server.bot.tree.sync()
    fake_discord, alice, study = server.fake_discord, server.alice, server.study
    assert [each["name"] for each in fake_discord.offered_commands(alice, study)] == ["study"]
    assert [each["name"] for each in fake_discord.offered_menus(alice, study, AppCommandType.USER)] == [
        "Report to Staff"
    ]
    await fake_discord.use_user_menu(alice, study, "Report to Staff", server.bob.id)
    assert server.newest_message(alice)["content"] == "reported bob"
    posted = await server.bot.post_message(study, content="hello")
    await fake_discord.use_message_menu(alice, study, "Quote This", posted.id)
    assert server.newest_message(alice)["content"] == f"quoted {posted.id}"


async def test_impossible_menus(server: ServerWithBot) -> None:
    """An entry that is not there, somebody unknown, and a message that is gone."""
    add_menus(server.bot)
    await server.bot.tree.sync()
    fake_discord, alice, study = server.fake_discord, server.alice, server.study
    for name, target, text in (("Ban", server.bob.id, "no Ban in the menu"), ("Report to Staff", 4242, "Nobody here")):
        with pytest.raises(ImpossibleAction, match=text):
            await fake_discord.use_user_menu(alice, study, name, target)
    with pytest.raises(ImpossibleAction, match="no longer there"):
        await fake_discord.use_message_menu(alice, study, "Quote This", 4242)


async def test_files_in_a_form_reach_the_bot(server: ServerWithBot) -> None:
    """It can download them."""
    form = ui.Modal(title="Evidence", custom_id="evidence")
    upload: ui.FileUpload[ui.Modal] = ui.FileUpload(custom_id="files", max_values=2)
    form.add_item(ui.Label(text="Pictures", component=upload))
    received: asyncio.Queue[list[bytes]] = asyncio.Queue()

    async def on_submit(interaction: discord.Interaction) -> None:
        received.put_nowait([await each.read() for each in upload.values])
        await interaction.response.send_message("thanks", ephemeral=True)

    form.on_submit = on_submit  # type: ignore[method-assign]  # as a subclass would
    calling = asyncio.create_task(server.fake_discord.call_command(server.alice, server.study, "study later"))
    await (await server.bot.next_interaction()).response.send_modal(form)
    shown = (await calling).modal
    assert shown is not None
    files = [ChosenFile(filename=f"{each}.png", data=each.encode()) for each in ("one", "two")]
    await server.fake_discord.submit_modal(server.alice, int(shown["id"]), {"files": files})
    async with asyncio.timeout(TIMEOUT):
        assert await received.get() == [b"one", b"two"]
