"""The client when Discord or the store refuses something, and when it joins and leaves servers."""

from simcord import MemberActor
from simcord.backend.serializers import guild_create_payload

from tests.chat.chat_harness import ChatHarness


async def waiting(harness: ChatHarness, member: MemberActor) -> bool:
    return await harness.store.tickets.find_by_member(member.id) is not None


async def test_a_removal_ends_the_searches_there(harness: ChatHarness) -> None:
    """Without a message; a server that is only unavailable changes nothing. Added again, it is as before."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    server = {"id": str(harness.guild.id)}
    harness.env.backend.emit("GUILD_DELETE", {**server, "unavailable": True})
    await harness.env.settle()
    assert await waiting(harness, alice)
    harness.env.backend.emit("GUILD_DELETE", server)
    await harness.env.settle()
    assert not await waiting(harness, alice)
    assert await harness.store.outbox.next_due_at() is None
    payload = guild_create_payload(harness.env.backend, harness.env.backend.get_guild(harness.guild.id))
    harness.env.backend.emit("GUILD_CREATE", {key: value for key, value in payload.items() if key != "unavailable"})
    await harness.env.settle()
    await alice.slash(harness.study, "study now")
    assert len(await harness.store.tickets.waiting_versions(harness.clock.now())) == 1


async def test_a_removal_while_the_bot_was_away(harness: ChatHarness) -> None:
    """It is noticed when the bot has connected again; the searches in other servers go on."""
    await harness.set_up()
    guild, channel = await harness.second_server("Library")
    alice, bob = harness.member("Alice"), harness.env.create_user("bob", global_name="Bob")
    await alice.slash(harness.study, "study now")
    await guild.add_member(bob).slash(channel, "study now")
    await harness.restart()
    await harness.env.settle()
    assert len(await harness.store.tickets.waiting_versions(harness.clock.now())) == 2
    del harness.env.backend.guilds[harness.guild.id]
    await harness.restart()
    await harness.env.settle()
    assert not await waiting(harness, alice)
    assert await harness.store.tickets.find_by_member(bob.id) is not None
