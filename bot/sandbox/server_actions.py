"""The actions of the page's panel *Server*: each takes a request's JSON and does it in the world."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.sandbox.page_server import Action, Json
from bot.sandbox.server_switches import ServerSwitches
from bot.sandbox.world import World

Body = dict[str, Any]


class ServerActions:
    """Every request names its `server`; one about somebody names the `member`, also once they are gone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._switches = ServerSwitches(world)

    def by_name(self) -> dict[str, Action]:
        """The actions by their names in URLs. Each raises ImpossibleAction for what cannot be done."""
        actions: dict[str, Callable[[int, Body], object]] = {
            "join": lambda server, body: self._world.join(server, self._world.fake_discord.people[_member(body)]),
            "kick": lambda server, body: self._world.kick(server, _member(body)),
            "ban": lambda server, body: self._world.ban(server, _member(body)),
            "unban": lambda server, body: self._world.unban(server, _member(body)),
            "role": self._change_role,
            "time-out": self._time_out,
            "invite-bot": lambda server, _: self._world.invite_bot(server),
            "remove-bot": lambda server, _: self._world.remove_bot(server),
            "switch": self._turn_switch,
            "add-channel": lambda server, body: self._world.add_channel(server, str(body["name"])),
            "add-role": lambda server, body: self._world.add_role(server, str(body["name"])),
            "rename": lambda server, body: self._world.rename(server, int(body["id"]), str(body["name"])),
            "delete": lambda server, body: self._world.delete(server, int(body["id"])),
        }
        return {name: self._as_action(act) for name, act in actions.items()}

    def _as_action(self, act: Callable[[int, Body], object]) -> Action:
        """What is done is done by the server's first admin, for its audit log."""

        async def run_action(body: Json) -> Json:
            server = int(str(body["server"]))
            with self._world.acting_admin(server):
                act(server, body)
            return {}

        return run_action

    def _change_role(self, server: int, body: Body) -> None:
        change = self._world.give_role if body["given"] else self._world.take_role
        change(server, _member(body), int(body["role"]))

    def _time_out(self, server: int, body: Body) -> None:
        """For `minutes`; with 0 the timeout ends."""
        minutes, now = int(body["minutes"]), self._world.fake_discord.backend.clock.now()
        self._world.time_out(server, _member(body), now + timedelta(minutes=minutes) if minutes else None)

    def _turn_switch(self, server: int, body: Body) -> None:
        self._switches.turn_switch(server, str(body["id"]), on=bool(body["on"]))


def _member(body: Body) -> int:
    return int(body["member"])
