"""The bot introduces itself once in a server that it joins, if it may."""

import discord
import pytest

from bot.chat.setup.welcome import introduce
from bot.store import StoreUnavailable
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.staff_room import hidden_from_all, set_overwrites, texts_in
from tests.chat.shown import text_of

WORDS = words_for()


def joined(harness: ChatHarness) -> discord.Guild:
    """The server with its system channel, as the gateway tells of it."""
    guild = harness.chat.client.get_guild(harness.guild.id)
    assert guild is not None
    guild._system_channel_id = harness.study.id
    return guild


async def test_the_introduction_leads_admins_to_setup(harness: ChatHarness) -> None:
    """Others who press its button read who can do it. The answer is a message of its own, and the button stays."""
    await harness.chat.client.on_guild_join(joined(harness))
    await harness.env.settle()
    [said] = texts_in(harness, harness.study)
    assert WORDS("chat.setup.welcome.text") in said
    introduction = harness.last_public_message()
    await harness.restart()
    shown = await harness.member("Alice").click(introduction, label=WORDS("chat.setup.start"))
    assert WORDS("chat.no.manage_server.text") in text_of(shown)
    shown = await harness.admin("Dana").click(introduction, label=WORDS("chat.setup.start"))
    assert shown.ephemeral
    assert WORDS("chat.setup.state.unsaid") in text_of(shown)
    assert WORDS("chat.setup.welcome.text") in text_of(harness.last_public_message())


@pytest.mark.parametrize("why", ["set up", "no channel", "not allowed", "store", "refused"])
async def test_where_it_is_known_or_not_wanted_it_says_nothing(
    harness: ChatHarness, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of it is a failure."""
    guild = joined(harness)
    if why == "set up":
        await harness.set_up()
    elif why == "no channel":
        guild._system_channel_id = None
    elif why == "not allowed":
        await set_overwrites(harness, harness.study, hidden_from_all(harness))
    elif why == "refused":
        harness.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    else:

        async def fail(*_: object) -> None:
            raise StoreUnavailable("broken")

        monkeypatch.setattr(type(harness.store.servers), "get", fail)
    await introduce(guild, harness.store.servers)
    assert harness.study.history() == []
