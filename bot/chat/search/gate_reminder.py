"""The button with which a newcomer asks to hear when a server's gate opens for them."""

from bot.chat.search.answers import SearchAnswer
from bot.chat.search.custom_ids import REMIND_ME
from bot.chat.search.handlers import SearchHandlers
from bot.chat.search.pace import SearchPace
from bot.chat.search.servers import SearchServers
from bot.chat.ui.actor import Actor
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.notices import Notice
from bot.store.gate_reminders import GateReminder, GateReminders


class GateReminderHandlers:
    """The button *Remind me*."""

    def __init__(
        self, servers: SearchServers, pace: SearchPace, reminders: GateReminders, search: SearchHandlers
    ) -> None:
        self._servers = servers
        self._pace = pace
        self._reminders = reminders
        self._search = search

    def components(self) -> Handlers:
        """The button by its custom id."""
        return {REMIND_ME: self._remind}

    async def _remind(self, interaction: Interaction, fields: IdFields) -> None:
        await self._search.reply_to_actor(
            interaction, int(fields["server"]), self.remind, in_place=True, becomes_card=False
        )

    async def remind(self, actor: Actor) -> SearchAnswer:
        """Keep a reminder for the actor and say when they hear; if the gate is open, offer a search. Safe to repeat."""
        server = await self._servers.configured(actor.server_id)
        closed = await self._pace.closed_gate(actor, server)
        if closed is None:
            return Notice(key="gate_open", search_in=server.server_id, values={"server": server.name})
        reminder = GateReminder(
            server_id=server.server_id,
            member_id=actor.member_id,
            joined_at=closed.joined_at,
            locale=actor.locale,
            due_at=closed.opens_at,
        )
        await self._reminders.save(reminder)
        return Notice(key="will_remind", values={"server": server.name, "until": closed.opens_at})
