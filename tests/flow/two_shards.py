"""Two servers of the stand-in for Discord, one on each of two shards, and their members."""

from bot.domain.server import Audience, Server, Subject
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_actions import DEFAULT_LOCALE
from bot.store import Store

SHARDS = 2


async def servers_on_two_shards(discord: FakeDiscord, store: Store) -> dict[int, int]:
    """Two servers that are set up, that of shard 0 first: their ids, and those of their study channels."""
    discord.gateway.shards = SHARDS
    by_shard: dict[int, int] = {}
    while len(by_shard) < SHARDS:
        server_id = discord.backend.create_guild("Study Hall").id
        by_shard[(server_id >> 22) % SHARDS] = server_id
    channels: dict[int, int] = {}
    for _, server_id in sorted(by_shard.items()):
        channels[server_id] = discord.backend.create_channel(server_id, "study", overwrites=[], topic="").id
        server = Server(
            server_id=server_id,
            name=f"Hall {server_id}",
            audience=Audience.ADULTS,
            channel_id=channels[server_id],
            subjects=(Subject(name="Maths"),),
        )
        await store.servers.save(server, expected_version=0)
    return channels


def new_student(discord: FakeDiscord, server_id: int, name: str) -> Person:
    """A new member of any server of the stand-in; nobody else may have this name."""
    user = discord.backend.make_user(name.lower(), global_name=name)
    discord.backend.add_member(server_id, user.id, roles=[], announce=True)
    discord.backend.get_dm_channel(user.id)
    discord.people[user.id] = Person(id=user.id, name=name, admin=False, locale=DEFAULT_LOCALE)
    return discord.people[user.id]
