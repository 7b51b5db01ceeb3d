"""Which card a message shows, drawn from how things stand now: when it is sent, and again when that has changed."""

from collections.abc import Callable

from bot.chat.meeting.actions import LiveMatch, MeetingActions
from bot.chat.meeting.cards import message_note, seat_card
from bot.chat.meeting.links import InvitationLink
from bot.chat.search.cards import answer_card, mention_card, message_card, unmatched_card
from bot.chat.search.status import Looking, SearchStatus
from bot.chat.ui.layout import Card
from bot.chat.ui.notices import Notice, plain_card
from bot.domain.message import MatchDetails, MessageKind, SearchDetails
from bot.domain.server import Server
from bot.store.outbox import OutboxMessage
from bot.words import Words


class MessageCards:
    """Makes the cards of messages. `words_for` gives the texts for a locale."""

    def __init__(self, meetings: MeetingActions, status: SearchStatus, words_for: Callable[[str], Words]) -> None:
        self._meetings = meetings
        self._status = status
        self._words_for = words_for

    async def private_card(self, message: OutboxMessage) -> Card:
        """The card that the member reads, in their language, as it is true now; every attempt has the same link."""
        words = self._words_for(message.locale)
        if message.kind is MessageKind.CARD:
            server_id = message.server_id or None
            return answer_card(words, await self._status.with_outcome(message.member_id, server_id=server_id))
        if isinstance(message.payload, MatchDetails):
            note = message_note(message.kind, message.route)
            answer = await self._meetings.match_of_seat(message.seat_id or "", message.invitation_id, note=note)
            return seat_card(words, answer or Notice(key="not_met", search_in=message.server_id))
        if isinstance(message.payload, SearchDetails):
            asks = await self._status.is_free(message.member_id)
            return unmatched_card(words, message.payload, server_id=message.server_id, asks=asks)
        looking = await self._status.looking_with(message.ticket_id)
        return message_card(words, message.kind, server_id=message.server_id, looking=looking)

    def moved_card(self, message: OutboxMessage) -> Card:
        """The card of a message that is not the member's card any more, and points to the newer one."""
        return plain_card(self._words_for(message.locale), "newer_card")

    def public_card(self, message: OutboxMessage, server: Server) -> Card:
        """The card that everybody in the channel reads when the member is mentioned, in the server's language."""
        return mention_card(self._words_for(server.locale), member_id=message.member_id)

    async def is_news(self, message: OutboxMessage) -> bool:
        """Whether a mention that leads to this message still has something to lead to."""
        if isinstance(message.payload, MatchDetails):
            answer = await self._meetings.match_of_seat(message.seat_id or "", message.invitation_id, note="")
            return isinstance(answer, LiveMatch) and isinstance(answer.link, InvitationLink)
        if message.kind is MessageKind.UNMATCHED:
            return await self._status.is_free(message.member_id)
        return await self._status.looking_with(message.ticket_id) is not Looking.NO
