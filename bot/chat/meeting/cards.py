"""The card of a match, as an answer or as a message: pure functions from values to words and buttons."""

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.meeting.actions import EndedMatch, LeftSeat, LiveMatch, SeatAnswer, TrialSeat
from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK, UNDO
from bot.chat.meeting.links import InvitationLink, NoLink
from bot.chat.ui.layout import Button, Card
from bot.chat.ui.notices import Notice, find_partner_button, notice_card, plain_card, status_button
from bot.chat.ui.text import escape_markdown, time_of_day
from bot.domain.match import UNDO_FOR
from bot.domain.message import MessageKind, Route
from bot.domain.room import SEATS_PER_ROOM
from bot.words import Words
from bot.words.why_matched import why_matched

REMINDER = "reminder"
ABOUT_LINK = frozenset({"new_link", "private"})
"""The notes that speak of the link on the card; they are left out when it does not work any more."""
HAVE_JOINED = frozenset({NoLink.REDEEMED, NoLink.SUPERSEDED})
"""What has become of the links of those who have pressed Join: they leave, rather than not make it."""


def message_note(kind: MessageKind, route: Route) -> str:
    """The key of what a message of this kind says first, or empty."""
    match kind, route:
        case MessageKind.REMINDER, _:
            return REMINDER
        case MessageKind.NEW_LINK, _:
            return "new_link"
        case MessageKind.INVITATION, Route.FOLLOW_UP:
            return "private"  # direct messages are closed
    return ""


def seat_card(words: Words, answer: SeatAnswer) -> Card:
    """The card of a match as it is now for one of its two members."""
    match answer:
        case LiveMatch():
            return match_card(words, answer)
        case LeftSeat():
            return left_card(words, answer)
        case EndedMatch():
            return ended_match_card(words, answer)
        case TrialSeat():
            return trial_card(words, answer)
        case Notice():
            return notice_card(words, answer)


def left_card(words: Words, left: LeftSeat) -> Card:
    """The seat is given up. Offers a new search, and to take the seat back while that is possible."""
    find = find_partner_button(words, left.server_id)
    key, partner = "left" if left.has_met else "declined", _shown_name(words, left.partner)
    told = (words(f"chat.left.{key}", partner=partner),) if left.tells_partner else ()
    undo = Button(label=words("chat.button.undo"), id=UNDO.format(seat=left.seat_id))
    return Card(
        title=words(f"chat.left.title.{key}"),
        text=" ".join((words("chat.left.text", partner=partner), *told)),
        small=words("chat.left.undo", seconds=UNDO_FOR.seconds) if left.undo_until else "",
        buttons=(undo, find) if left.undo_until else (find,),
        changes_at=left.undo_until,
    )


def ended_match_card(words: Words, ended: EndedMatch) -> Card:
    """The match is over. Names the partner, because several such messages may follow each other.

    Who has not met the partner may be in a new search already, so the card leads to how things stand.
    """
    values = {"partner": ended.partner or words("chat.your_partner")}
    if ended.has_met:
        return notice_card(words, Notice(key="session_over", search_in=ended.server_id, values=values))
    return replace(plain_card(words, "not_met", values), buttons=(status_button(words),))


def match_card(words: Words, live_match: LiveMatch) -> Card:
    """Who the partner is, what the two agreed on and why, the link, and the button to decline or leave."""
    button = "leave" if live_match.has_met or live_match.link in HAVE_JOINED else "decline"
    leave = Button(label=words(f"chat.button.{button}"), id=DECLINE.format(seat=live_match.seat_id))
    title = "title_reminder" if _reminds(live_match) else "title"  # it must not look like a second match
    return Card(
        title=words(f"chat.matched.{title}", partner=_shown_name(words, live_match.partner)),
        note=words(f"chat.note.{live_match.note}") if _holds(live_match) else "",
        text=" ".join((_why(words, live_match), *_about_room(words, live_match))),
        small=_about_link(words, live_match),
        buttons=(_link_button(words, live_match), leave),
        below=words("chat.rules"),
        changes_at=live_match.changes_at,
    )


def trial_card(words: Words, seat: TrialSeat) -> Card:
    """One of the two links of a test, or that it was used or does not work any more."""
    title = words("chat.trial.link.title", number=seat.number, all=SEATS_PER_ROOM)
    match seat.link:
        case InvitationLink(address=address, valid_until=valid_until):
            return Card(
                title=title,
                note=words(f"chat.note.{seat.note}") if seat.note else "",
                text=words(f"chat.trial.link.{'here' if seat.number == 1 else 'there'}"),
                small=words("chat.matched.link", until=time_of_day(valid_until)),
                buttons=(Button(label=words("chat.button.open"), url=address),),
                changes_at=seat.changes_at,
            )
        case None:
            return Card(title=title, text=words("chat.trial.link.over"))
        case reason:
            return Card(title=title, text=words(f"chat.trial.link.{'used' if reason in HAVE_JOINED else 'old'}"))


def _shown_name(words: Words, partner: str) -> str:
    """The name of a partner, who may have deleted their data."""
    return escape_markdown(partner) if partner else words("chat.your_partner")


def _reminds(live_match: LiveMatch) -> bool:
    """Whether this is a reminder, and there is still something to be reminded of."""
    return live_match.note == REMINDER and not live_match.has_met


def _holds(live_match: LiveMatch) -> bool:
    """Whether there is a note, and what it says is so."""
    if live_match.note in {"", REMINDER}:
        return False
    return isinstance(live_match.link, InvitationLink) or live_match.note not in ABOUT_LINK


def _about_room(words: Words, live_match: LiveMatch) -> Sequence[str]:
    if live_match.has_met:
        return [words("chat.matched.partner_left" if live_match.partner_left else "chat.matched.has_met")]
    return [] if _reminds(live_match) else [words("chat.matched.open")]  # the reminder says so itself


def _why(words: Words, live_match: LiveMatch) -> str:
    agreement = live_match.agreement
    other = escape_markdown(agreement.other_subject) if agreement.other_subject else None
    escaped = replace(agreement, subject=escape_markdown(agreement.subject), other_subject=other)
    return why_matched(escaped, words)


def _about_link(words: Words, live_match: LiveMatch) -> str:
    if isinstance(live_match.link, InvitationLink):
        return words("chat.matched.link", until=time_of_day(live_match.link.valid_until))
    return words(f"chat.matched.no_link.{live_match.link}")


def _link_button(words: Words, live_match: LiveMatch) -> Button:
    if isinstance(live_match.link, InvitationLink):
        return Button(label=words("chat.button.open"), url=live_match.link.address)
    return Button(label=words("chat.button.new_link"), id=NEW_LINK.format())
