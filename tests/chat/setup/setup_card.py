"""What an admin does with the card of setup in a test."""

from typing import Any

from simcord import ChannelHandle, MemberActor, ResponseMessage

from bot.chat.setup.steps import Step
from bot.domain.server import Server
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import custom_id_of, custom_ids_of, message_of


async def open_setup(harness: ChatHarness, admin: MemberActor) -> ResponseMessage:
    """The card that `/buddy setup` shows."""
    return message_of(await admin.slash(harness.study, "buddy setup"))


async def press(admin: MemberActor, card: ResponseMessage, part: str) -> Any:
    """Press the button whose custom id begins with `part`."""
    return await admin.click(card, custom_id=custom_id_of(card, f"hb:setup:{part}"))


async def go_to(admin: MemberActor, card: ResponseMessage, step: Step) -> None:
    """Press the button that leads to a step."""
    await press(admin, card, f"show:{int(step)}:")


async def choose(admin: MemberActor, card: ResponseMessage, part: str, *chosen: Any) -> None:
    """Choose in the select whose custom id begins with `part`."""
    await admin.select(card, [*chosen], custom_id=custom_id_of(card, f"hb:setup:{part}:"))


async def choose_channel(admin: MemberActor, card: ResponseMessage, channel: ChannelHandle) -> None:
    """From the overview, or from where a button leads there, choose the study channel in its step."""
    if not any("hb:setup:channel" in each or "hb:setup:show:2" in each for each in custom_ids_of(card)):
        await go_to(admin, card, Step.OVERVIEW)
    if not any("hb:setup:channel" in each for each in custom_ids_of(card)):
        await go_to(admin, card, Step.PLACES)
    await choose(admin, card, "channel", channel)


async def saved_settings(harness: ChatHarness) -> Server:
    """The settings in the store."""
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    return server
