"""The chat part in a test: the real client and the real store, and one Discord server in memory with its members."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.chat.part import Chat
from bot.clock import Clock
from bot.domain.gate import Gate
from bot.domain.invitation import digest
from bot.domain.server import Audience, Server, Subject
from bot.matching.fit import Weights
from bot.store import Store
from bot.store.matches import SeatInMatch
from tests.clocks import VirtualClock
from tests.store.scenario import LINK_KEY, Scenario

INTERACTION_KEY = bytes(range(32, 64))
PUBLIC_URL = "https://study.example"
DISCORD_API = "https://discord.com/api/v10"


def new_chat(
    store: Store, clock: Clock, *, token: str = "made-up", api_base: str = DISCORD_API, **options: Any
) -> Chat:
    """A chat part over this store."""
    values: dict[str, Any] = {
        "store": store,
        "clock": clock,
        "token": token,
        "api_base": api_base,
        "link_key": LINK_KEY,
        "interaction_key": INTERACTION_KEY,
        "public_url": PUBLIC_URL,
        "wait_minutes": 14,
        "weights": Weights(),
        "holder": "test",
        "place": "process 1 on a machine",
        "safety_contact": 99,
    }
    return Chat(**values | options)


@dataclass(frozen=True, kw_only=True)
class ChatHarness:
    """One Discord server with its members, the chat part, and the store behind it.

    `command_rules`: what Discord answers about the commands that the server's settings allow.
    """

    env: Env
    guild: GuildHandle
    study: ChannelHandle
    store: Store
    clock: VirtualClock
    chat: Chat
    new_chat: Callable[..., Chat]
    links: dict[int, str] = field(default_factory=dict)
    command_rules: list[Mapping[str, Any]] = field(default_factory=list)

    def member(self, name: str, **options: object) -> MemberActor:
        """A new member with this display name."""
        user = self.env.create_user(name.casefold(), global_name=name)
        return self.guild.add_member(user, **options)  # type: ignore[arg-type]  # any option of the stand-in

    def admin(self, name: str) -> MemberActor:
        """A new member with Manage Server."""
        role = self.guild.create_role(f"Admins of {name}", permissions=discord.Permissions(manage_guild=True))
        return self.member(name, roles=[role])

    async def set_up(self, **settings: object) -> Server:
        """Save the settings of a server for adults with two subjects, two lengths and two languages."""
        server = Server(
            server_id=self.guild.id,
            name="Study Hall",
            audience=Audience.ADULTS,
            channel_id=self.study.id,
            gate=Gate.OPEN,
            subjects=(Subject(name="Physics", group="Science"), Subject(name="Maths")),
            lengths=(25, 50),
            languages=("en", "de"),
        )
        before = await self.store.servers.get(self.guild.id)
        version = before.version if before else 0
        changed = replace(server, **settings)  # type: ignore[arg-type]  # fields by name
        return await self.store.servers.save(changed, expected_version=version, posts_panel=True)

    async def second_server(self, name: str) -> tuple[GuildHandle, ChannelHandle]:
        """Another server of the same bot, set up as well."""
        guild = self.env.create_guild(name)
        channel = guild.create_text_channel("study")
        server = Server(
            server_id=guild.id,
            name=name,
            audience=Audience.ADULTS,
            channel_id=channel.id,
            subjects=(Subject(name="Physics", group="Science"), Subject(name="Law")),
            lengths=(25, 50),
        )
        await self.store.servers.save(server, expected_version=0)
        return guild, channel

    async def restart(self) -> None:
        """Replace the client by that of another process over the same store."""
        await self.env.restart_bot(self.new_chat().client)

    async def pair(self, *members: MemberActor) -> str:
        """Let two members wait with the same wishes, and match them; returns the match's id."""
        for member in members:
            await member.slash(self.study, "study now", subject="Maths", style="quiet")
        return await self.match(*members)

    async def match(self, *members: MemberActor, messages: bool = False) -> str:
        """Match two members who are waiting, by default without any message; returns the match's id."""
        tickets = [await self.store.tickets.find_by_member(member.id) for member in members]
        first, second = (ticket for ticket in tickets if ticket is not None)
        scenario = Scenario(self.store, self.clock)
        new, meeting = scenario.match_of(first, second)
        assert await self.store.matches.create(
            replace(new, messages=new.messages if messages else ()), fence=await scenario.fence()
        )
        self.links.update(
            {member.id: f"{PUBLIC_URL}/j#{token}" for member, token in zip(members, meeting.tokens, strict=True)}
        )
        return meeting.match_id

    async def seat_of(self, member: MemberActor) -> SeatInMatch:
        """The member's seat in their live match."""
        seat = await self.store.matches.find_by_member(member.id)
        assert seat is not None
        return seat

    def link_of(self, member: MemberActor) -> str:
        """The first link of a member's match."""
        return self.links[member.id]

    def first_response(self) -> Mapping[str, Any]:
        """The first response to the last interaction."""
        return self.requests_to("/callback")[-1]

    def requests_to(self, path_ending: str) -> Sequence[Mapping[str, Any]]:
        """The bodies of all requests to paths with this ending."""
        return [request.json or {} for request in self.env.http_requests if request.path.endswith(path_ending)]

    def synced_commands(self, group: str) -> Sequence[Mapping[str, Any]]:
        """The commands of a group as they were synced to Discord."""
        commands: Sequence[Any] = self.requests_to("/commands")[-1]  # type: ignore[assignment]  # this one body is a list
        return next(command["options"] for command in commands if command["name"] == group)

    async def link_states(self, addresses: Collection[str]) -> list[str]:
        """The states of the links with these addresses, sorted."""
        tokens = [address.partition("#")[2] for address in addresses]
        invitations = [await self.store.invitations.find_by_token(digest(token)) for token in tokens]
        return sorted(invitation.state for invitation in invitations if invitation is not None)

    def last_direct_message(self, member: MemberActor) -> ResponseMessage:
        """The newest direct message to a member, with its content at the time it is read."""
        return self._last_message(member.user.dm_channel)

    def last_public_message(self) -> ResponseMessage:
        """The newest message in the study channel."""
        return self._last_message(self.study)

    def _last_message(self, channel: ChannelHandle) -> ResponseMessage:
        message_id = channel.history()[-1].id
        return ResponseMessage(self.env, self.env.backend.get_message(channel.id, message_id))
