"""The card of a match, as an answer or as a message: pure functions from values to words and buttons."""

from dataclasses import replace

from bot.chat.meeting.actions import LiveMatch
from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK
from bot.chat.ui.layout import Button, Card
from bot.chat.ui.text import escape_markdown, time_of_day
from bot.domain.message import MessageKind, Route
from bot.words import Words
from bot.words.why_matched import why_matched

REMINDER = "reminder"


def message_note(kind: MessageKind, route: Route) -> str:
    """The key of the first sentence of a message of this kind, or empty."""
    match kind, route:
        case MessageKind.REMINDER, _:
            return REMINDER
        case MessageKind.NEW_LINK, _:
            return "new_link"
        case MessageKind.INVITATION, Route.FOLLOW_UP:
            return "private"  # direct messages are closed
    return ""


def match_card(words: Words, live_match: LiveMatch) -> Card:
    """Who the partner is, what the two agreed on and why, the link, and the button to decline."""
    note = (words(f"chat.note.{live_match.note}"),) if live_match.note else ()
    room_is_open = () if live_match.note == REMINDER else (words("chat.matched.open"),)  # the reminder says so itself
    decline = Button(label=words("chat.button.decline"), id=DECLINE.format(seat=live_match.seat_id))
    return Card(
        title=words("chat.matched.title", partner=escape_markdown(live_match.partner)),
        text=" ".join((*note, _why(words, live_match), *room_is_open)),
        small=_about_link(words, live_match),
        buttons=(_link_button(words, live_match), decline),
        below=words("chat.rules"),
    )


def _why(words: Words, live_match: LiveMatch) -> str:
    agreement = live_match.agreement
    other = escape_markdown(agreement.other_subject) if agreement.other_subject else None
    escaped = replace(agreement, subject=escape_markdown(agreement.subject), other_subject=other)
    return why_matched(escaped, words)


def _about_link(words: Words, live_match: LiveMatch) -> str:
    if live_match.link is None:
        return words("chat.matched.no_link")
    return words("chat.matched.link", until=time_of_day(live_match.link.valid_until))


def _link_button(words: Words, live_match: LiveMatch) -> Button:
    if live_match.link is None:
        return Button(label=words("chat.button.new_link"), id=NEW_LINK.format())
    return Button(label=words("chat.button.open"), url=live_match.link.address)
