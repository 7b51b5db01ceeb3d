"""The card of whatever an action of a search answered."""

from bot.chat.meeting.cards import seat_card
from bot.chat.search.answers import (
    BarredSearch,
    FoundNobody,
    NotWaiting,
    Restricted,
    RulesFirst,
    SearchAnswer,
    Waiting,
    WaitingElsewhere,
)
from bot.chat.search.cards import elsewhere_card, ended_card, not_waiting_card, restricted_card, waiting_card
from bot.chat.search.rules_card import rules_card
from bot.chat.ui.layout import Card
from bot.words import Words


def answer_card(words: Words, answer: SearchAnswer) -> Card:
    """The card of what an action answered."""
    match answer:
        case Waiting():
            return waiting_card(words, answer)
        case WaitingElsewhere():
            return elsewhere_card(words, answer)
        case FoundNobody() | BarredSearch():
            return ended_card(words, answer)
        case RulesFirst():
            return rules_card(words, answer)
        case Restricted():
            return restricted_card(words, answer)
        case NotWaiting():
            return not_waiting_card(words, answer)
        case _:
            return seat_card(words, answer)
