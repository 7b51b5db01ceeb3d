"""The actions of the sandbox's page: each takes a request's JSON and does it in the stand-in as the person it names."""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from bot.sandbox.discord.attachments import ChosenFile
from bot.sandbox.discord.fake_discord import Person
from bot.sandbox.discord.user_actions import RESPONSE_TIMEOUT_S, BotResponse, NoResponse
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.page_server import Action, ActionRefused, Json
from bot.sandbox.server_actions import ServerActions
from bot.sandbox.world import World
from bot.store import StoreError

Body = Mapping[str, Any]


class SetCareful(Protocol):
    """Lets newcomers of a server wait, or not."""

    async def __call__(self, server_id: int, *, on: bool) -> None: ...


class PageActions:
    """`restart_bot` must stop and start the bot, and return when it is back; `pass_an_hour` must move the clock.

    `set_careful` must change whether a server lets newcomers wait.
    """

    def __init__(
        self,
        world: World,
        *,
        restart_bot: Callable[[], Awaitable[None]],
        pass_an_hour: Callable[[], None],
        set_careful: SetCareful,
    ) -> None:
        self._fake_discord = world.fake_discord
        self._on_servers = ServerActions(world)
        self._restart_bot = restart_bot
        self._pass_an_hour = pass_an_hour
        self._set_careful = set_careful

    def by_name(self) -> dict[str, Action]:
        """The actions by their names in URLs. Each raises ActionRefused for what cannot be done."""
        actions: dict[str, Action] = {
            "say": self._post_message,
            "command": self._call_command,
            "complete": self._autocomplete,
            "menu": self._use_member_menu,
            "press": self._use_component,
            "submit": self._submit_modal,
            "dismiss": self._dismiss_message,
            "direct-messages": self._set_direct_messages,
            "restart": self._restart,
            "hour": self._let_an_hour_pass,
            "careful": self._let_newcomers_wait,
            **self._on_servers.by_name(),
        }
        return {name: self._with_refusals(action) for name, action in actions.items()}

    def _with_refusals(self, action: Action) -> Action:
        async def act(body: Json) -> Json:
            try:
                return await action(body)
            except NoResponse:
                bot_name = self._fake_discord.backend.bot_user.global_name
                raise ActionRefused(f"{bot_name} didn't answer within {RESPONSE_TIMEOUT_S:g} seconds.") from None
            except (ImpossibleAction, StoreError) as refusal:
                raise ActionRefused(str(refusal)) from None

        return act

    def _person(self, body: Body) -> Person:
        return self._fake_discord.people[int(body["person"])]

    async def _post_message(self, body: Body) -> Json:
        self._fake_discord.post_message(self._person(body), int(body["channel"]), str(body["text"]))
        return {}

    async def _call_command(self, body: Body) -> Json:
        person, channel_id = self._person(body), int(body["channel"])
        return _response_json(
            await self._fake_discord.call_command(person, channel_id, body["command"], body["values"])
        )

    async def _use_member_menu(self, body: Body) -> Json:
        person, channel_id, member_id = self._person(body), int(body["channel"]), int(body["member"])
        return _response_json(
            await self._fake_discord.use_user_menu(person, channel_id, str(body["command"]), member_id)
        )

    async def _autocomplete(self, body: Body) -> Json:
        person, channel_id, path = self._person(body), int(body["channel"]), body["command"]
        typed = {"option": body["option"], "typed": body["text"], "values": body["values"]}
        return _response_json(await self._fake_discord.autocomplete(person, channel_id, path, **typed))

    async def _use_component(self, body: Body) -> Json:
        person, channel_id, message_id = self._person(body), int(body["channel"]), int(body["message"])
        values = body.get("values") or ()
        return _response_json(
            await self._fake_discord.use_component(person, channel_id, message_id, body["id"], values=values)
        )

    async def _submit_modal(self, body: Body) -> Json:
        person, modal_id = self._person(body), int(body["modal"])
        values = {custom_id: _with_files(value) for custom_id, value in body["values"].items()}
        return _response_json(await self._fake_discord.submit_modal(person, modal_id, values))

    async def _dismiss_message(self, body: Body) -> Json:
        self._fake_discord.dismiss_message(self._person(body), int(body["message"]))
        return {}

    async def _set_direct_messages(self, body: Body) -> Json:
        self._fake_discord.close_direct_messages(self._person(body), closed=bool(body["closed"]))
        return {}

    async def _restart(self, _: Body) -> Json:
        await self._restart_bot()
        return {}

    async def _let_an_hour_pass(self, _: Body) -> Json:
        self._pass_an_hour()
        return {}

    async def _let_newcomers_wait(self, body: Body) -> Json:
        await self._set_careful(int(body["server"]), on=bool(body["on"]))
        return {}


def _with_files(value: object) -> object:
    """The value of a form's field; files come as their names and their content in base64."""
    if not isinstance(value, list):
        return value
    return [
        ChosenFile(filename=str(each["name"]), data=b64decode(each["data"])) if isinstance(each, dict) else each
        for each in value
    ]


def _response_json(response: BotResponse) -> Json:
    """What the page shows immediately: a form or choices. Messages reach it by the feed."""
    return {"modal": response.modal, "choices": list(response.choices)}
