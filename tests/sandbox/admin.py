"""An admin who sets a server of a sandbox up and checks it, for tests without a browser."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.domain.room import SEATS_PER_ROOM
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.student import links_in, wait_for, walk_components

Json = dict[str, Any]


class Admin:
    """An admin who uses `/buddy` in one channel, and presses what the newest answer offers there."""

    def __init__(self, sandbox: Sandbox, name: str, *, server_id: int, channel: str) -> None:
        self._fake_discord = sandbox.fake_discord
        backend = sandbox.fake_discord.backend
        members = backend.get_guild(server_id).members
        people = sandbox.fake_discord.people.values()
        self._person = next(person for person in people if person.name == name and person.id in members)
        self.clicks = 0
        self.server_id = server_id
        self.channels = {backend.get_channel(each).name: each for each in backend.get_guild(server_id).channel_ids}
        self.roles = {role.name: role.id for role in backend.get_guild(server_id).roles.values()}
        self._channel = self.channels[channel]

    async def command(self, path: str, values: Mapping[str, object] | None = None) -> str:
        """Call a command, and return what its answer says."""
        before = {message["id"] for message in self._messages()}
        await self._fake_discord.call_command(self._person, self._channel, path, values)
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

    async def send_form(self, label: str, values: Mapping[str, object]) -> str:
        """Press the answer's button called `label`, fill its form, and return what the answer says then."""
        shown, button = self._newest(), self._find(0, label=label)
        opened = await self._fake_discord.use_component(
            self._person, self._channel, int(shown["id"]), button["custom_id"]
        )
        assert opened.modal is not None
        await self._fake_discord.submit_modal(self._person, int(opened.modal["id"]), values)
        await wait_for(self._fake_discord, lambda: self._newest()["components"] != shown["components"] or None)
        return self.text()

    async def reads(self, text: str) -> Json:
        """Wait for a message to everyone in this channel that contains `text` anywhere, and return the newest."""
        return await wait_for(
            self._fake_discord, lambda: next((each for each in reversed(self._all()) if text in str(each)), None)
        )

    async def links_of_test(self) -> list[str]:
        """Wait for the two links of a test in this admin's direct messages, and return them."""
        channel = self._fake_discord.direct_channel_id(self._person)

        def find() -> list[str] | None:
            links = links_in(self._fake_discord.channel_messages(channel, self._person))
            return links if len(links) == SEATS_PER_ROOM else None

        return await wait_for(self._fake_discord, find)

    def text(self) -> str:
        """What the newest answer says."""
        parts = walk_components(self._newest()["components"])
        return "\n".join(part["content"] for part in parts if "content" in part)

    async def _use(self, component: Json, values: Sequence[str] = ()) -> str:
        shown = self._newest()
        self.clicks += 1
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
        return [each for each in self._all() if each["flags"] & discord.MessageFlags(ephemeral=True).value]

    def _all(self) -> list[Json]:
        return self._fake_discord.channel_messages(self._channel, self._person)
