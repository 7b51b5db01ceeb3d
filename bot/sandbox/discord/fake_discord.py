"""A Discord with its servers, users and channels. The sandbox's page and the tests act as its users."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
from aiohttp import web

from bot.clock import Clock
from bot.sandbox.discord import attachments, rest_api
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.faults import FaultInjector
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.discord.simcord_internals import AppCommandType, Message, Overwrite, OverwriteType
from bot.sandbox.discord.user_actions import DEFAULT_LOCALE, BotResponse, UserActions
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.loopback import LOOPBACK

Json = dict[str, Any]
MAX_REQUEST_BYTES = 32 * 1024 * 1024
SHUTDOWN_TIMEOUT_S = 0.5
VIEW_CHANNEL = discord.Permissions(view_channel=True).value
BOT_PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
).value


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A user; `admin` has had the permission Manage Server in a server from the start."""

    id: int
    name: str
    admin: bool
    locale: str


class FakeDiscord:
    """Start it, point a bot with `token` at `api_base`, and act as its users.

    `faults`, `limits` and `gateway` are for tests: they make calls fail, count them, and break connections.
    """

    def __init__(
        self, *, clock: Clock, token: str, server_name: str = "Study Hall", bot_name: str = "Hey Buddy"
    ) -> None:
        self.token = token
        self.backend = DiscordBackend(clock)
        self.backend.bot_user.name = self.backend.bot_user.global_name = bot_name
        self.faults = FaultInjector(clock=clock)
        self.limits = RateLimits(clock)
        self.gateway = Gateway(backend=self.backend, token=token, clock=clock)
        self._rest_api = rest_api.RestApi(
            backend=self.backend,
            token=token,
            clock=clock,
            faults=self.faults,
            limits=self.limits,
            describe_gateway=self.gateway.describe,
        )
        self._actions = UserActions(self.backend)
        self._runner: web.AppRunner | None = None
        self.api_base = ""
        self.people: dict[int, Person] = {}
        self.guild_id = self.add_server(server_name)

    # --- network -----------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen on loopback (0: any free port) and return the REST address, for the setting `discord.api_base`."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_get("/gateway/", self.gateway.handle_connection)
        app.router.add_route("*", rest_api.PATH_PREFIX + "/{path:.*}", self._rest_api.handle_request)
        app.router.add_get(attachments.PATH_PREFIX + "/{path:.*}", self.backend.attachments.handle_request)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        host, bound_port = self._runner.addresses[0][:2]
        self.api_base = f"http://{host}:{bound_port}{rest_api.PATH_PREFIX}"
        self.gateway.url = f"ws://{host}:{bound_port}/gateway/"
        self.backend.attachments.base_url = f"http://{host}:{bound_port}"
        return self.api_base

    async def stop(self) -> None:
        """Stop listening; all state is kept. Does nothing if it is stopped already."""
        if self._runner is not None:
            await self.gateway.abort_connections()
            await self._runner.cleanup()
            self._runner = None

    # --- the server --------------------------------------------------------------------------------------------------

    def add_server(self, name: str) -> int:
        """Add a server in which the bot has the permissions that its invitation asks for. Returns its id."""
        guild = self.backend.create_guild(name)
        changes = {"permissions": BOT_PERMISSIONS, "name": self.backend.bot_user.name}
        for role_id in [role.id for role in guild.roles.values() if role.managed]:
            self.backend.edit_role(guild.id, role_id, changes)
        return guild.id

    def add_account(
        self, name: str, *, admin: bool = False, locale: str = DEFAULT_LOCALE, made_at: datetime | None = None
    ) -> Person:
        """Add a user who is in no server yet, with an account made at that time (None: now)."""
        user = self.backend.make_account(name.lower(), made_at=made_at or self.backend.clock.now(), global_name=name)
        person = Person(id=user.id, name=name, admin=admin, locale=locale)
        self.people[user.id] = person
        self._actions.locales[user.id] = locale
        self.backend.get_dm_channel(user.id)
        return person

    def add_person(self, name: str, *, admin: bool = False, locale: str = DEFAULT_LOCALE) -> Person:
        """Add a member to the server."""
        roles = [self.ensure_role("Staff", discord.Permissions(manage_guild=True))] if admin else []
        person = self.add_account(name, admin=admin, locale=locale)
        self.backend.add_member(self.guild_id, person.id, roles=roles, announce=True)
        return person

    def remove_person(self, person: Person) -> None:
        """Remove a member from the server; the bot's direct messages to them are refused from now on."""
        del self.people[person.id]
        self.backend.remove_member(self.guild_id, person.id)

    def ensure_role(self, name: str, permissions: discord.Permissions | None = None) -> int:
        """Return the id of the role called `name`; it is created with `permissions` if there is none."""
        roles = self.backend.get_guild(self.guild_id).roles.values()
        existing = next((role for role in roles if role.name == name), None)
        value = permissions.value if permissions else 0
        return (existing or self.backend.create_role(self.guild_id, name, permissions=value)).id

    def give_role(self, person: Person, role_id: int) -> None:
        """Give a member a role."""
        self.backend.add_member_role(self.guild_id, person.id, role_id)

    def take_role(self, person: Person, role_id: int) -> None:
        """Take a role from a member."""
        self.backend.remove_member_role(self.guild_id, person.id, role_id)

    def time_out(self, person: Person, until: datetime | None) -> None:
        """Time a member out until then, or end their timeout."""
        changes = {"timed_out_until": until.isoformat() if until else None}
        self.backend.edit_member(self.guild_id, person.id, changes)

    def ban_person(self, person: Person) -> None:
        """Ban a member, who is removed from the server."""
        del self.people[person.id]
        self.backend.apply_ban(self.guild_id, person.id, None)

    def add_channel(self, name: str, *, topic: str = "", only: Iterable[int] | None = None) -> int:
        """Add a text channel and return its id. With `only`, just these roles and the bot can see it."""
        overwrites: list[Overwrite] = []
        if only is not None:
            bot_id = self.backend.bot_user.id
            overwrites = [
                Overwrite(target_id=self.guild_id, type=OverwriteType.ROLE, allow=0, deny=VIEW_CHANNEL),
                *(Overwrite(target_id=role, type=OverwriteType.ROLE, allow=VIEW_CHANNEL, deny=0) for role in only),
                Overwrite(target_id=bot_id, type=OverwriteType.MEMBER, allow=VIEW_CHANNEL, deny=0),
            ]
        return self.backend.create_channel(self.guild_id, name, overwrites=overwrites, topic=topic).id

    def deny_bot(self, channel_id: int, permissions: discord.Permissions) -> None:
        """Deny the bot these permissions in one channel, and no others."""
        bot_id = self.backend.bot_user.id
        overwrite = Overwrite(target_id=bot_id, type=OverwriteType.MEMBER, allow=0, deny=permissions.value)
        self.backend.set_overwrite(channel_id, overwrite)

    def override_command(self, name: str | None, overrides: list[Json]) -> None:
        """Override in the Integrations settings whom the server lets use a command, or all of them if None, and where.

        Each override has an `id`, a `type` as in discord.AppCommandPermissionType, and a `permission`.
        """
        commands = {command["name"]: int(command["id"]) for command in self.registered_commands()}
        command_id = self.backend.application_id if name is None else commands[name]
        self.backend.set_command_permissions(self.guild_id, command_id, overrides)

    def direct_channel_id(self, person: Person) -> int:
        """The id of the channel of a person's direct messages with the bot."""
        return self.backend.get_dm_channel(person.id).id

    def close_direct_messages(self, person: Person, *, closed: bool = True) -> None:
        """Refuse the bot's direct messages to this person, or accept them again."""
        closed_to = self.backend.closed_to_direct_messages
        (closed_to.add if closed else closed_to.discard)(person.id)

    # --- actions of people: see UserActions for what they raise ------------------------------------------------------

    async def call_command(
        self, person: Person, channel_id: int, path: str, values: Mapping[str, Any] | None = None
    ) -> BotResponse:
        """Call a command ("study now") with option values by name."""
        return await self._actions.call_command(person.id, channel_id, path, values or {})

    async def use_user_menu(self, person: Person, channel_id: int, name: str, target_id: int) -> BotResponse:
        """Use an entry of the menu *Apps* that belongs to a user, with this id, who is shown in the channel."""
        return await self._actions.use_menu(person.id, channel_id, AppCommandType.USER, name, target_id)

    async def use_message_menu(self, person: Person, channel_id: int, name: str, message_id: int) -> BotResponse:
        """Use an entry of the menu *Apps* that belongs to a message in the channel."""
        return await self._actions.use_menu(person.id, channel_id, AppCommandType.MESSAGE, name, message_id)

    async def autocomplete(
        self,
        person: Person,
        channel_id: int,
        path: str,
        *,
        option: str,
        typed: str,
        values: Mapping[str, Any] | None = None,
    ) -> BotResponse:
        """Request the choices that the bot offers for the text typed in one option."""
        return await self._actions.autocomplete(person.id, channel_id, path, (option, typed), values or {})

    async def use_component(
        self, person: Person, channel_id: int, message_id: int, custom_id: str, *, values: Sequence[str] = ()
    ) -> BotResponse:
        """Press a message's button, or choose `values` in one of its selects."""
        message = self.backend.messages[channel_id].get(message_id)
        if message is None:
            raise ImpossibleAction("This message is no longer there.")
        return await self._actions.use_component(person.id, message, custom_id, values)

    async def submit_modal(self, person: Person, modal_id: int, values: Mapping[str, Any]) -> BotResponse:
        """Submit an open form with values by custom id."""
        return await self._actions.submit_modal(person.id, modal_id, values)

    def post_message(self, person: Person, channel_id: int, text: str) -> None:
        """Post a plain message. Raises ImpossibleAction if the person cannot see the channel."""
        if person.id not in self.channel_readers(channel_id):
            raise ImpossibleAction("There's no such channel for you.")
        self.backend.create_message(channel_id, person.id, text)

    def dismiss_message(self, person: Person, message_id: int) -> None:
        """Hide an ephemeral message of this person permanently; other messages stay. The bot may still edit it."""
        for channel in self.backend.messages.values():
            message = channel.get(message_id)
            if message is not None and message.is_ephemeral and message.visible_to(person.id):
                self.backend.dismiss_message(message_id)

    # --- what people see ---------------------------------------------------------------------------------------------

    def registered_commands(self) -> list[Json]:
        """Every command that the bot has registered."""
        return [command for scope in self.backend.commands.values() for command in scope.values()]

    def offered_commands(self, person: Person, channel_id: int) -> list[Json]:
        """The commands that Discord offers this person in a channel."""
        return self._actions.offered_commands(person.id, channel_id)

    def offered_menus(self, person: Person, channel_id: int, kind: AppCommandType) -> list[Json]:
        """The entries that Discord offers this person in the menus of users, or of messages, in a channel."""
        return self._actions.offered_commands(person.id, channel_id, kind)

    def channel_readers(self, channel_id: int) -> list[int]:
        """The ids of the people who can see a channel."""
        channel = self.backend.get_channel(channel_id)
        guild_id = channel.guild_id
        if guild_id is None:
            return list(channel.recipient_ids)
        permissions = self.backend.compute_permissions
        return [each for each in self.people if permissions(guild_id, each, channel_id) & VIEW_CHANNEL]

    def channel_messages(self, channel_id: int, viewer: Person | None = None) -> list[Json]:
        """The messages of a channel, oldest first; with `viewer`, only those this person sees."""
        messages = self.backend.messages[channel_id].values()
        return self.backend.client_payloads(each for each in messages if viewer is None or each.visible_to(viewer.id))

    def all_messages(self) -> list[Json]:
        """The messages of all channels, oldest first."""
        messages = (each for channel in self.backend.messages.values() for each in channel.values())
        return self.backend.client_payloads(sorted(messages, key=lambda each: each.id))

    def add_listener(self, on_event: Callable[[Json], None]) -> Callable[[], None]:
        """Call `on_event` with {"message": payload} for new and changed messages and {"gone": id} for removed ones.

        Returns a function that removes the listener.
        """

        def notify(message: Message | None, message_id: int) -> None:
            on_event(
                {"gone": str(message_id)} if message is None else {"message": self.backend.client_payload(message)}
            )

        self.backend.message_listeners.append(notify)
        return lambda: self.backend.message_listeners.remove(notify)
