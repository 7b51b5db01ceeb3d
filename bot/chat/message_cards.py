"""Which card a message shows, drawn from how things stand now: when it is sent, and again when that has changed."""

from collections.abc import Awaitable, Callable, Mapping

from bot.chat.meeting.actions import EndedMatch, LiveMatch, MeetingActions, SeatAnswer
from bot.chat.meeting.cards import message_note, seat_card
from bot.chat.meeting.links import InvitationLink
from bot.chat.search.answer_card import answer_card
from bot.chat.search.cards import (
    ended_card,
    lasting_card,
    mention_card,
    over_message_card,
    waiting_message_card,
)
from bot.chat.search.status import SearchStatus
from bot.chat.ui.layout import Card
from bot.chat.ui.notices import Notice, notice_card, plain_card
from bot.domain.message import DELIVERIES, MatchDetails, MessageKind, Offer, SearchDetails
from bot.store.outbox import OutboxMessage
from bot.words import Words

DrawCard = Callable[[Words, OutboxMessage], Awaitable[Card]]


class MessageCards:
    """Makes the cards of messages. `words_for` gives the texts for a locale.

    `others` draw the cards of kinds that concern neither a search nor a match; what they show stays true.
    """

    def __init__(
        self,
        meetings: MeetingActions,
        status: SearchStatus,
        words_for: Callable[[str], Words],
        others: Mapping[MessageKind, DrawCard],
    ) -> None:
        self._meetings = meetings
        self._status = status
        self._words_for = words_for
        self._others = others

    async def private_card(self, message: OutboxMessage) -> Card:
        """The card that the member reads, in their language, as it is true now; every attempt has the same link."""
        words = self._words_for(message.locale)
        if draw := self._others.get(message.kind):
            return await draw(words, message)
        if message.kind is MessageKind.CARD:
            server_id = message.server_id or None
            return answer_card(words, await self._status.now(message.member_id, server_id=server_id))
        if isinstance(message.payload, MatchDetails):
            answer = await self._match_of(message)
            return seat_card(words, answer or EndedMatch(partner="", has_met=False, server_id=message.server_id))
        if isinstance(message.payload, SearchDetails):
            end = await self._status.end_of_search(message.payload, message.server_id)
            return ended_card(words, end, asks=await self._offers_another(message))
        if DELIVERIES[message.kind].offer is Offer.SEARCH:
            values = {"server": await self._status.server_name(message.server_id)}
            return notice_card(words, Notice(key=message.kind, search_in=message.server_id, values=values))
        return await self._search_card(message, words)

    async def lasting_card(self, message: OutboxMessage) -> Card:
        """The card of a message that can be edited no more: it says only what stays true, and leads to the rest."""
        words = self._words_for(message.locale)
        if isinstance(message.payload, SearchDetails):
            end = await self._status.end_of_search(message.payload, message.server_id)
            return ended_card(words, end, asks=False)
        stays = message.kind in self._others or DELIVERIES[message.kind].offer is Offer.SEARCH
        if stays or _has_test_link(message):
            return await self.private_card(message)
        is_card = message.kind is MessageKind.CARD
        shown = await (self._meetings.live_match(message.member_id) if is_card else self._match_of(message))
        return lasting_card(words, shown if isinstance(shown, LiveMatch) else None)

    async def _search_card(self, message: OutboxMessage, words: Words) -> Card:
        """The card of a message about a search that went on when it was written."""
        waiting = await self._status.waiting_with(message.ticket_id)
        if waiting is not None:
            return waiting_message_card(words, message.kind, waiting)
        if await self._status.has_led_to_match(message.ticket_id):
            return plain_card(words, f"{message.kind}_matched")
        asks = await self._offers_another(message)
        return over_message_card(words, message.kind, server_id=message.server_id, asks=asks)

    async def _offers_another(self, message: OutboxMessage) -> bool:
        return await self._status.offers_another(message.member_id, message.ticket_id)

    async def _match_of(self, message: OutboxMessage) -> SeatAnswer | None:
        """The match that a message speaks of as it is now, None if it speaks of none."""
        note = message_note(message.kind, message.route)
        return await self._meetings.match_of_seat(message.seat_id or "", message.invitation_id, note=note)

    def moved_card(self, message: OutboxMessage) -> Card:
        """The card of a message that is not the member's card any more, and points to the newer one."""
        return plain_card(self._words_for(message.locale), "newer_card")

    def public_card(self, message: OutboxMessage, locale: str) -> Card:
        """The card that everybody in the channel reads when the member is mentioned; `locale` is the server's."""
        return mention_card(self._words_for(locale), member_id=message.member_id)

    async def is_news(self, message: OutboxMessage) -> bool:
        """Whether a mention that leads to this message still has something to lead to."""
        if isinstance(message.payload, MatchDetails):
            answer = await self._match_of(message)
            return isinstance(answer, LiveMatch) and isinstance(answer.link, InvitationLink)
        if message.kind in {MessageKind.UNMATCHED, MessageKind.GATE_OPEN}:
            return await self._status.is_free(message.member_id)
        return await self._status.waiting_with(message.ticket_id) is not None


def _has_test_link(message: OutboxMessage) -> bool:
    """Whether its link is one of a trial. That is over before its messages can be edited no more."""
    return isinstance(message.payload, MatchDetails) and message.payload.is_trial
