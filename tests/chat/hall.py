"""A study hall in memory: the real client and the real store, with a stand-in for Discord."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.chat.part import Chat
from bot.clock import new_id
from bot.domain.agreement import Agreement, Why
from bot.domain.invitation import digest, link_token
from bot.domain.server import Audience, Server, Subject
from bot.domain.ticket import Camera, Style
from bot.store import Store
from bot.store.matches import NewMatch, NewSeat, SeatInMatch
from tests.clocks import VirtualClock

LINK_KEY = bytes(range(32))
INTERACTION_KEY = bytes(range(32, 64))
PUBLIC_URL = "https://study.example"


async def at_once() -> None:
    """A turn for everybody: nothing is limited here."""


@dataclass(frozen=True, kw_only=True)
class Hall:
    """One server with its people, the chat part and the store behind it."""

    env: Env
    guild: GuildHandle
    study: ChannelHandle
    store: Store
    clock: VirtualClock
    chat: Chat
    new_chat: Callable[[], Chat]
    links: dict[int, str] = field(default_factory=dict)

    def member(self, name: str, **options: object) -> MemberActor:
        """A new member with this display name."""
        user = self.env.create_user(name.casefold(), global_name=name)
        return self.guild.add_member(user, **options)  # type: ignore[arg-type]  # whatever the stand-in takes

    def admin(self, name: str) -> MemberActor:
        """A new member with Manage Server."""
        role = self.guild.create_role(f"Admins of {name}", permissions=discord.Permissions(manage_guild=True))
        return self.member(name, roles=[role])

    async def set_up(self, **settings: object) -> Server:
        """The server as an admin has set it up: adults only, two subjects, two lengths."""
        server = Server(
            server_id=self.guild.id,
            name="Study Hall",
            audience=Audience.ADULTS,
            channel_id=self.study.id,
            subjects=(Subject(name="Physics", group="Science"), Subject(name="Maths")),
            lengths=(25, 50),
            languages=("en", "de"),
        )
        before = await self.store.servers.get(self.guild.id)
        version = before.version if before else 0
        return await self.store.servers.save(replace(server, **settings), expected_version=version)  # type: ignore[arg-type]

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
        """Another process takes over: a new client over the same store."""
        await self.env.restart_bot(self.new_chat().client)

    async def pair(self, *members: MemberActor, why: Sequence[Why] = (Why.SUBJECT, Why.STYLE)) -> str:
        """Let two members wait and make a match of them; its id."""
        for member in members:
            await member.slash(self.study, "study now", subject="Maths", style="quiet")
        return await self.match(*members, why=why)

    async def match(self, *members: MemberActor, why: Sequence[Why] = (Why.SUBJECT, Why.STYLE)) -> str:
        """Make a match of two who wait; its id."""
        tickets = [await self.store.tickets.find_by_member(member.id) for member in members]
        first, second = (ticket for ticket in tickets if ticket is not None)
        fence = await self.store.leases.acquire("matchmaker", "test", now=self.clock.now())
        assert fence is not None
        match_id = new_id(self.clock)
        agreement = Agreement(
            subject="Maths", length=50, language="en", style=Style.QUIET, camera=Camera.ANY, level=None, why=tuple(why)
        )
        seats = [
            NewSeat(
                id=new_id(self.clock),
                match_id=match_id,
                ticket=ticket,
                invitation_id=(invitation := new_id(self.clock)),
                token_hash=digest(link_token(LINK_KEY, invitation)),
            )
            for ticket in (first, second)
        ]
        self.links.update(
            {seat.ticket.member_id: f"{PUBLIC_URL}/j#{link_token(LINK_KEY, seat.invitation_id)}" for seat in seats}
        )
        new = NewMatch(
            id=match_id,
            agreement=agreement,
            room_name=new_id(self.clock),
            created_at=self.clock.now(),
            seats=(seats[0], seats[1]),
            messages=(),
        )
        assert await self.store.matches.create(new, fence=fence)
        return match_id

    async def seat_of(self, member: MemberActor) -> SeatInMatch:
        """The live seat of a member."""
        seat = await self.store.matches.find_by_member(member.id)
        assert seat is not None
        return seat

    def link_of(self, member: MemberActor) -> str:
        """The first link of a member's match."""
        return self.links[member.id]

    def first_answer(self) -> Mapping[str, Any]:
        """What the last interaction was answered with first."""
        return self.sent("/callback")[-1]

    def sent(self, ending: str) -> Sequence[Mapping[str, Any]]:
        """The bodies of all requests to paths that end so."""
        return [request.json or {} for request in self.env.http_requests if request.path.endswith(ending)]

    def synced(self, group: str) -> Sequence[Mapping[str, Any]]:
        """The commands of a group as Discord was told of them."""
        commands: Sequence[Any] = self.sent("/commands")[0]  # type: ignore[assignment]  # this one body is a list
        return next(command["options"] for command in commands if command["name"] == group)

    async def states_of_links(self, addresses: Collection[str]) -> list[str]:
        """The states of the links behind these addresses, in the alphabet's order."""
        tokens = [address.partition("#")[2] for address in addresses]
        looks = [await self.store.invitations.find_by_token(digest(token)) for token in tokens]
        return sorted(look.state for look in looks if look is not None)

    def last_direct(self, member: MemberActor) -> ResponseMessage:
        """The newest direct message to a member, as it stands whenever it is read."""
        return self._last(member.user.dm_channel)

    def last_public(self) -> ResponseMessage:
        """The newest message in the study channel."""
        return self._last(self.study)

    def _last(self, channel: ChannelHandle) -> ResponseMessage:
        message_id = channel.history()[-1].id
        return ResponseMessage(self.env, self.env.backend.get_message(channel.id, message_id))
