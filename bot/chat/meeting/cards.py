"""The card of a match, as an answer or as a message: pure functions from values to words and buttons."""

from dataclasses import replace

from bot.chat.meeting.actions import RunningMatch
from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK
from bot.chat.ui.layout import Button, Card
from bot.chat.ui.text import escape_markdown, time_of_day
from bot.domain.message import MessageKind, Route
from bot.words import Words
from bot.words.why_matched import why_matched

REMINDER = "reminder"


def message_note(kind: MessageKind, route: Route) -> str:
    """The key of the sentence that a message of this kind begins with, or empty."""
    match kind, route:
        case MessageKind.REMINDER, _:
            return REMINDER
        case MessageKind.NEW_LINK, _:
            return "new_link"
        case MessageKind.INVITATION, Route.FOLLOW_UP:
            return "private"  # direct messages are closed
    return ""


def match_card(words: Words, running: RunningMatch) -> Card:
    """Who the partner is, what the two agreed on and why, the link, and the button to decline."""
    note = (words(f"chat.note.{running.note}"),) if running.note else ()
    room_is_open = () if running.note == REMINDER else (words("chat.matched.open"),)  # the reminder says so itself
    decline = Button(label=words("chat.button.decline"), id=DECLINE.format(seat=running.seat_id))
    return Card(
        title=words("chat.matched.title", partner=escape_markdown(running.partner)),
        text=" ".join((*note, _why(words, running), *room_is_open)),
        small=_about_link(words, running),
        buttons=(_link_button(words, running), decline),
        below=words("chat.rules"),
    )


def _why(words: Words, running: RunningMatch) -> str:
    agreement = running.agreement
    other = escape_markdown(agreement.other_subject) if agreement.other_subject else None
    escaped = replace(agreement, subject=escape_markdown(agreement.subject), other_subject=other)
    return why_matched(escaped, words)


def _about_link(words: Words, running: RunningMatch) -> str:
    if running.link is None:
        return words("chat.matched.no_link")
    return words("chat.matched.link", until=time_of_day(running.link.valid_until))


def _link_button(words: Words, running: RunningMatch) -> Button:
    if running.link is None:
        return Button(label=words("chat.button.new_link"), id=NEW_LINK.format())
    return Button(label=words("chat.button.open"), url=running.link.address)
