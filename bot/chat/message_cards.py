"""Which card an outbox message shows: with a link to a match the one of `meeting`, otherwise one of `search`."""

from collections.abc import Callable

from bot.chat.meeting.actions import LiveMatch
from bot.chat.meeting.cards import match_card, message_note
from bot.chat.meeting.links import InvitationLinks
from bot.chat.search.cards import mention_card, message_card
from bot.chat.ui.layout import Card
from bot.domain.message import MatchDetails
from bot.domain.server import Server
from bot.store.outbox import OutboxMessage
from bot.words import Words


class MessageCards:
    """Makes the cards of messages. `words_for` gives the texts for a locale."""

    def __init__(self, links: InvitationLinks, words_for: Callable[[str], Words]) -> None:
        self._links = links
        self._words_for = words_for

    async def private_card(self, message: OutboxMessage) -> Card:
        """The card that the member reads, in their language; every attempt has the same link."""
        words = self._words_for(message.locale)
        if isinstance(message.payload, MatchDetails):
            return match_card(words, await self._live_match(message, message.payload))
        return message_card(words, message.kind, message.payload, server_id=message.server_id)

    def public_card(self, message: OutboxMessage, server: Server) -> Card:
        """The card that everybody in the channel reads when the member is mentioned, in the server's language."""
        return mention_card(self._words_for(server.locale), member_id=message.member_id)

    async def _live_match(self, message: OutboxMessage, details: MatchDetails) -> LiveMatch:
        return LiveMatch(
            seat_id=message.seat_id or "",
            partner=details.partner,
            agreement=details.agreement,
            link=await self._links.link_of(message.invitation_id) if message.invitation_id else None,
            note=message_note(message.kind, message.route),
        )
