"""The world: one server with its people and channels, and Discord around it. The sandbox's page and tests act in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from aiohttp import web
from simcord.backend import serializers
from simcord.backend.models import Message, Overwrite
from simcord.enums import OverwriteType

from bot.clock import Clock
from bot.sandbox.discord import files
from bot.sandbox.discord.acting import Acting, Answer, NoAnswer
from bot.sandbox.discord.engine import Engine
from bot.sandbox.discord.faults import Fault, Faults
from bot.sandbox.discord.filling import CannotBeDone
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.limits import RateLimits
from bot.sandbox.discord.rest import PREFIX, Rest

__all__ = ["Answer", "CannotBeDone", "Fault", "NoAnswer", "Person", "World"]

HOST = "127.0.0.1"
Json = dict[str, Any]
NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in the server; `admin` may manage it."""

    id: int
    name: str
    admin: bool
    locale: str


class World:
    """A Discord of one server. Start it, point a bot with `token` at `api_base`, and act."""

    def __init__(
        self, *, clock: Clock, token: str, server_name: str = "Study Hall", bot_name: str = "Hey Buddy"
    ) -> None:
        self.token = token
        self.engine = Engine(clock)
        self.engine.bot_user.name = self.engine.bot_user.global_name = bot_name
        self.faults = Faults(clock=clock)
        self.limits = RateLimits(clock)
        self.gateway = Gateway(engine=self.engine, token=token, clock=clock)
        self._rest = Rest(
            engine=self.engine,
            token=token,
            clock=clock,
            faults=self.faults,
            limits=self.limits,
            gateway=self.gateway.address,
        )
        self._acting = Acting(self.engine)
        self._runner: web.AppRunner | None = None
        self.api_base = ""
        self.guild_id = self.engine.create_guild(server_name).id
        self.people: dict[int, Person] = {}
        self._let_the_bot_do(NEEDED)

    # --- the network -------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen on loopback and return the REST address, for `discord.api_base`."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", PREFIX + "/{path:.*}", self._rest.handle)
        app.router.add_get(files.PREFIX + "/{path:.*}", self.engine.files.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.api_base = f"http://{host}:{bound}{PREFIX}"
        self.gateway.url = f"ws://{host}:{bound}/gateway/"
        self.engine.files.base = f"http://{host}:{bound}"
        return self.api_base

    async def stop(self) -> None:
        """Stop listening; what has happened stays."""
        if self._runner is not None:
            await self.gateway.cut()
            await self._runner.cleanup()
            self._runner = None

    # --- the server --------------------------------------------------------------------------------------------------

    def _let_the_bot_do(self, permissions: discord.Permissions) -> None:
        guild = self.engine.get_guild(self.guild_id)
        for role in guild.roles.values():
            if role.managed:
                role.permissions = permissions.value
                role.name = self.engine.bot_user.name

    def add_person(self, name: str, *, admin: bool = False, locale: str = "en-US") -> Person:
        """A new member of the server."""
        user = self.engine.make_user(name.lower(), global_name=name)
        roles = [self.role("Staff", discord.Permissions(manage_guild=True))] if admin else []
        self.engine.add_member(self.guild_id, user.id, roles=roles, announce=True)
        person = Person(id=user.id, name=name, admin=admin, locale=locale)
        self.people[user.id] = person
        self._acting.locales[user.id] = locale
        self.engine.get_dm_channel(user.id)
        return person

    def remove_person(self, person: Person) -> None:
        """Somebody leaves the server; direct messages do not reach them any more."""
        del self.people[person.id]
        self.engine.remove_member(self.guild_id, person.id)

    def role(self, name: str, permissions: discord.Permissions | None = None) -> int:
        """The id of the role called `name`, made where there is none."""
        guild = self.engine.get_guild(self.guild_id)
        known = next((role for role in guild.roles.values() if role.name == name), None)
        made = known or self.engine.create_role(
            self.guild_id, name, permissions=permissions.value if permissions else 0
        )
        return made.id

    def give_role(self, person: Person, role_id: int) -> None:
        """A member gets a role."""
        self.engine.add_member_role(self.guild_id, person.id, role_id)

    def add_channel(self, name: str, *, topic: str = "", only: Iterable[int] | None = None) -> int:
        """A text channel; with `only`, nobody but these roles (and the bot) can see it."""
        overwrites: list[Overwrite] = []
        if only is not None:
            sees = discord.Permissions(view_channel=True).value
            overwrites = [
                Overwrite(target_id=self.guild_id, type=OverwriteType.ROLE, allow=0, deny=sees),
                *(Overwrite(target_id=role_id, type=OverwriteType.ROLE, allow=sees, deny=0) for role_id in only),
                Overwrite(target_id=self.engine.bot_user.id, type=OverwriteType.MEMBER, allow=sees, deny=0),
            ]
        return self.engine.create_channel(self.guild_id, name, overwrites=overwrites, topic=topic).id

    def forbid_bot(self, channel_id: int, permissions: discord.Permissions) -> None:
        """Take permissions from the bot in one channel."""
        overwrite = Overwrite(
            target_id=self.engine.bot_user.id, type=OverwriteType.MEMBER, allow=0, deny=permissions.value
        )
        self.engine.set_overwrite(channel_id, overwrite)

    def direct_channel(self, person: Person) -> int:
        """The channel of a person's direct messages with the bot."""
        return self.engine.get_dm_channel(person.id).id

    def close_direct_messages(self, person: Person, *, closed: bool = True) -> None:
        """Whether the bot's direct messages are refused."""
        (self.engine.closed_to_direct_messages.add if closed else self.engine.closed_to_direct_messages.discard)(
            person.id
        )

    # --- what people do ----------------------------------------------------------------------------------------------

    async def command(
        self, person: Person, channel_id: int, path: str, values: Mapping[str, Any] | None = None
    ) -> Answer:
        """Call a command; raises NoAnswer after three seconds, CannotBeDone where Discord offers no such thing."""
        return await self._acting.command(person.id, channel_id, path, values or {})

    async def complete(
        self,
        person: Person,
        channel_id: int,
        path: str,
        *,
        option: str,
        typed: str,
        values: Mapping[str, Any] | None = None,
    ) -> Answer:
        """The choices the bot offers for what was typed in one option."""
        return await self._acting.complete(person.id, channel_id, path, (option, typed), values or {})

    async def press(
        self, person: Person, channel_id: int, message_id: int, custom_id: str, *, values: Sequence[str] = ()
    ) -> Answer:
        """Press a button or choose in a select."""
        message = self.engine.messages[channel_id].get(message_id)
        if message is None:
            raise CannotBeDone("This message is not there any more.")
        return await self._acting.press(person.id, message, custom_id, values)

    async def submit(self, person: Person, modal_id: int, values: Mapping[str, Any]) -> Answer:
        """Send a form."""
        return await self._acting.submit(person.id, modal_id, values)

    def say(self, person: Person, channel_id: int, text: str) -> None:
        """Post a plain message."""
        if person.id not in self.readers(channel_id):
            raise CannotBeDone("There is no such channel for you.")
        self.engine.create_message(channel_id, person.id, text)

    def dismiss(self, person: Person, message_id: int) -> None:
        """Put an answer only this person sees out of sight, for good; the bot may still edit it."""
        for channel in self.engine.messages.values():
            message = channel.get(message_id)
            if message is not None and message.is_ephemeral and message.visible_to(person.id):
                self.engine.dismiss(message_id)

    # --- what people see ---------------------------------------------------------------------------------------------

    def commands(self) -> list[Json]:
        """Every command the bot has registered."""
        return [command for scope in self.engine.commands.values() for command in scope.values()]

    def offered(self, person: Person, channel_id: int) -> list[Json]:
        """The commands this person is offered in a channel, as Discord's clients do."""
        return self._acting.commands(person.id, channel_id)

    def readers(self, channel_id: int) -> list[int]:
        """The people who can see a channel."""
        channel = self.engine.get_channel(channel_id)
        if channel.guild_id is None:
            return list(channel.recipient_ids)
        view = discord.Permissions(view_channel=True).value
        guild = channel.guild_id
        return [each for each in self.people if self.engine.compute_permissions(guild, each, channel_id) & view]

    def messages(self, channel_id: int, viewer: Person | None = None) -> list[Json]:
        """The messages of a channel, oldest first; with `viewer`, those this person sees."""
        there = self._seen(self.engine.messages[channel_id].values())
        return [self.shown(each) for each in there if viewer is None or each.visible_to(viewer.id)]

    def everything(self) -> list[Json]:
        """All messages of all channels, oldest first."""
        everywhere = self._seen(each for channel in self.engine.messages.values() for each in channel.values())
        return [self.shown(each) for each in sorted(everywhere, key=lambda message: message.id)]

    def _seen(self, messages: Iterable[Message]) -> list[Message]:
        return [each for each in messages if each.id not in self.engine.dismissed]

    def shown(self, message: Message) -> Json:
        """A message as Discord's clients get it, with `reader` (only they see it) and `interaction` (who used what)."""
        shown: Json = dict(serializers.message_payload(self.engine, message))
        meta = message.interaction_metadata or {}
        record = self.engine.interactions.get(int(meta["id"])) if "id" in meta else None
        shown["reader"] = str(record.user_id) if record and message.is_ephemeral else None
        shown["interaction"] = {"user": str(record.user_id), "command": record.command_name} if record else None
        return shown

    def listen(self, hear: Callable[[Json], None]) -> Callable[[], None]:
        """Hear {"message": …} for what is new or changed and {"gone": id}; call what is returned to stop."""

        def told(message: Message | None, message_id: int) -> None:
            hear({"gone": str(message_id)} if message is None else {"message": self.shown(message)})

        self.engine.message_listeners.append(told)
        return lambda: self.engine.message_listeners.remove(told)
