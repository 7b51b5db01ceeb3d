"""An admin who sets a server of a sandbox up and checks it, for tests without a browser."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.student import wait_for, walk_components

Json = dict[str, Any]


class Admin:
    """An admin who uses `/buddy` in one channel, and presses what the newest answer offers there."""

    def __init__(self, sandbox: Sandbox, name: str, *, server_id: int, channel: str) -> None:
        self._fake_discord = sandbox.fake_discord
        self._person = next(person for person in sandbox.fake_discord.people.values() if person.name == name)
        backend = sandbox.fake_discord.backend
        self.server_id = server_id
        self.channels = {backend.get_channel(each).name: each for each in backend.get_guild(server_id).channel_ids}
        self.roles = {role.name: role.id for role in backend.get_guild(server_id).roles.values()}
        self._channel = self.channels[channel]

    async def command(self, path: str) -> str:
        """Call a command, and return what its answer says."""
        before = {message["id"] for message in self._messages()}
        await self._fake_discord.call_command(self._person, self._channel, path)
        return await wait_for(self._fake_discord, lambda: (self._newest()["id"] not in before and self.text()) or None)

    @property
    def id(self) -> int:
        """Their user id."""
        return self._person.id

    def go_to(self, channel: str) -> None:
        """Use another channel from now on."""
        self._channel = self.channels[channel]

    async def press(self, label: str, *, number: int = 0) -> str:
        """Press one of the answer's buttons called `label`, and return what the answer says then."""
        return await self._use(self._find(number, label=label))

    async def choose(self, placeholder: str, *values: object) -> str:
        """Choose values in the answer's select with this placeholder, and return what the answer says then."""
        return await self._use(self._find(0, placeholder=placeholder), [str(value) for value in values])

    def text(self) -> str:
        """What the newest answer says."""
        parts = walk_components(self._newest()["components"])
        return "\n".join(part["content"] for part in parts if "content" in part)

    async def _use(self, component: Json, values: Sequence[str] = ()) -> str:
        shown = self._newest()
        await self._fake_discord.use_component(
            self._person, self._channel, int(shown["id"]), component["custom_id"], values=values
        )
        await wait_for(self._fake_discord, lambda: self._newest()["components"] != shown["components"] or None)
        return self.text()

    def _find(self, number: int, **wanted: str) -> Json:
        parts = walk_components(self._newest()["components"])
        return [each for each in parts if wanted.items() <= each.items()][number]

    def _newest(self) -> Json:
        return self._messages()[-1]

    def _messages(self) -> list[Json]:
        """Those that only this admin sees: others are told in the channel, too."""
        messages = self._fake_discord.channel_messages(self._channel, self._person)
        return [each for each in messages if each["flags"] & discord.MessageFlags(ephemeral=True).value]
