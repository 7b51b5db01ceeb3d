"""What the page can do: each action takes the request's JSON to the stand-in, as the person who does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.discord.world import Answer, CannotBeDone, NoAnswer, Person, World
from bot.sandbox.site import Action, Json, Refusal

Body = Mapping[str, Any]


class Actions:
    """`restart` stops the bot and starts it again, and returns when it is back."""

    def __init__(self, world: World, restart: Callable[[], Awaitable[None]]) -> None:
        self._world = world
        self._restart = restart

    def table(self) -> dict[str, Action]:
        """The actions by their names in addresses; each raises Refusal for what cannot be done."""
        actions: dict[str, Action] = {
            "say": self._say,
            "command": self._command,
            "complete": self._complete,
            "press": self._press,
            "submit": self._submit,
            "dismiss": self._dismiss,
            "direct-messages": self._direct_messages,
            "restart": self._again,
        }
        return {name: self._refusing(action) for name, action in actions.items()}

    def _refusing(self, action: Action) -> Action:
        async def act(body: Json) -> Json:
            try:
                return await action(body)
            except NoAnswer:
                raise Refusal(f"{self._world.engine.bot_user.global_name} did not answer within 3 seconds.") from None
            except CannotBeDone as cannot:
                raise Refusal(str(cannot)) from None

        return act

    def _who(self, body: Body) -> Person:
        return self._world.people[int(body["person"])]

    async def _say(self, body: Body) -> Json:
        self._world.say(self._who(body), int(body["channel"]), str(body["text"]))
        return {}

    async def _command(self, body: Body) -> Json:
        return _told(await self._world.command(self._who(body), int(body["channel"]), body["command"], body["values"]))

    async def _complete(self, body: Body) -> Json:
        who, where, path = self._who(body), int(body["channel"]), body["command"]
        typed = {"option": body["option"], "typed": body["text"], "values": body["values"]}
        return _told(await self._world.complete(who, where, path, **typed))

    async def _press(self, body: Body) -> Json:
        where, message, pressed = int(body["channel"]), int(body["message"]), body["id"]
        values = body.get("values") or ()
        return _told(await self._world.press(self._who(body), where, message, pressed, values=values))

    async def _submit(self, body: Body) -> Json:
        return _told(await self._world.submit(self._who(body), int(body["modal"]), body["values"]))

    async def _dismiss(self, body: Body) -> Json:
        self._world.dismiss(self._who(body), int(body["message"]))
        return {}

    async def _direct_messages(self, body: Body) -> Json:
        self._world.close_direct_messages(self._who(body), closed=bool(body["closed"]))
        return {}

    async def _again(self, _: Body) -> Json:
        await self._restart()
        return {}


def _told(answer: Answer) -> Json:
    """What the page shows at once: a form or choices; messages come by the feed."""
    return {"modal": answer.modal, "choices": list(answer.choices)}
