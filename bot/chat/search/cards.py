"""The cards of a search: pure functions from values to words and buttons."""

from dataclasses import replace

from bot.chat.meeting.actions import LiveMatch
from bot.chat.search.answers import (
    BarredSearch,
    Closure,
    FoundNobody,
    NotWaiting,
    Restricted,
    Waiting,
    WaitingElsewhere,
)
from bot.chat.search.custom_ids import CHANGE, MOVE_HERE, SHOW_NEWS, STOP, WAIT_AGAIN
from bot.chat.search.options import CHOICE_OPTIONS
from bot.chat.ui.layout import Button, ButtonStyle, Card
from bot.chat.ui.notices import Notice, find_partner_button, not_possible_card, notice_card, plain_card, status_button
from bot.chat.ui.text import any_of, date_and_time, escape_markdown, listed, time_of_day
from bot.domain.membership import Barred
from bot.domain.message import MessageKind
from bot.domain.ticket import ANY, Wishes
from bot.words import Words, language_names

MIN_CHANCE = 0.5
"""The chance of a match from which on an expected wait is shown."""


def waiting_message_card(words: Words, kind: MessageKind, waiting: Waiting) -> Card:
    """The card of a message about a search that goes on."""
    if waiting.closure is not None:
        return _closed_card(words, waiting, waiting.closure)
    key = kind if kind is not MessageKind.PAUSED else "resumed"
    return replace(plain_card(words, key), buttons=_buttons_while_waiting(words, waiting.server_id))


def over_message_card(words: Words, kind: MessageKind, *, server_id: int, asks: bool) -> Card:
    """The card of a message about a search that has ended without a match. If it `asks`, it offers another one."""
    card = plain_card(words, f"{kind}_over")
    if not asks:
        return card
    again = words(f"chat.{kind}_over.again")
    return replace(card, text=f"{card.text} {again}", buttons=(find_partner_button(words, server_id),))


def waiting_card(words: Words, waiting: Waiting) -> Card:
    """The wishes, the expected wait, and the buttons Change and Stop waiting."""
    changed = words("chat.waiting.changed") if waiting.changed else ""
    wishes = wish_line(words, waiting.wishes)
    if waiting.closure is not None:
        return replace(_closed_card(words, waiting, waiting.closure), note=changed, small=wishes)
    return Card(
        title=words("chat.waiting.title"),
        note=changed,
        text="\n".join((wishes, _estimated_wait(words, waiting))),
        small=words("chat.waiting.small"),
        buttons=_buttons_while_waiting(words, waiting.server_id),
    )


def not_waiting_card(words: Words, answer: NotWaiting) -> Card:
    """There is no search, with the button to find a partner or why nobody can be found now."""
    key = "stopped" if answer.has_stopped else "idle"
    if answer.closure is None:
        return notice_card(words, Notice(key=key, search_in=answer.server_id))
    return Card(title=words(f"chat.{key}.title"), text=_why_not_now(words, answer.closure))


def restricted_card(words: Words, answer: Restricted) -> Card:
    """What keeps the member from a search, in the words in which one is refused; true until it ends."""
    card = not_possible_card(words, answer.refusal)
    return replace(card, changes_at=answer.restriction.until)


def elsewhere_card(words: Words, elsewhere: WaitingElsewhere) -> Card:
    """The member waits in another server, and may move the search here."""
    move = Button(
        label=words("chat.button.move"), id=MOVE_HERE.format(server=elsewhere.server_id), style=ButtonStyle.MAIN
    )
    card = plain_card(words, "elsewhere", {"server": elsewhere.other_server})
    return replace(card, buttons=(move, _stop_button(words)))


def ended_card(words: Words, end: FoundNobody | BarredSearch, *, asks: bool = True) -> Card:
    """A search ended without a match. If it `asks`, it offers another one where that is possible."""
    if isinstance(end, FoundNobody):
        return _unmatched_card(words, end, asks=asks)
    until = date_and_time(end.bar.until) if end.bar.reason is Barred.TIMED_OUT else ""
    card = Card(
        title=words("chat.left.title.barred" if end.was_matched else "chat.stopped.title"),
        text=words(f"chat.barred.{end.bar.reason}", server=escape_markdown(end.server), until=until),
        small=words("chat.left.barred") if end.was_matched else "",
    )
    may_search_again = asks and end.bar.reason is not Barred.NOT_MEMBER
    return replace(card, buttons=(find_partner_button(words, end.server_id),)) if may_search_again else card


def lasting_card(words: Words, live_match: LiveMatch | None = None) -> Card:
    """What a card shows when it can be edited no more: nothing that may stop being true, and a button to the rest."""
    partner = escape_markdown(live_match.partner) if live_match else ""
    title = words("chat.lasting.matched", partner=partner) if live_match else words("chat.lasting.title")
    return Card(title=title, text=words("chat.lasting.text"), buttons=(status_button(words),))


def mention_card(words: Words, *, member_id: int) -> Card:
    """A public message with a button to a private answer; reveals only who is mentioned."""
    show = Button(label=words("chat.button.show"), id=SHOW_NEWS.format(member=member_id))
    return Card(title=words("chat.mention.title"), text=words("chat.mention.text"), buttons=(show,))


def wish_line(words: Words, wishes: Wishes) -> str:
    """The wishes as one short line, leaving out those without a preference: "Physics · 50 minutes · quiet"."""
    subject = words("chat.any_subject") if wishes.subject == ANY else escape_markdown(wishes.subject)
    lengths = words("chat.minutes", lengths=any_of(words, [str(length) for length in wishes.lengths]))
    codes = {option.name: option.code_in(wishes) for option in CHOICE_OPTIONS}
    choices = [words(f"chat.{name}.{code}") for name, code in codes.items() if code != ANY]
    return listed((subject, lengths, *choices, *_languages(words, wishes)), " · ")


def _languages(words: Words, wishes: Wishes) -> tuple[str, ...]:
    """The languages, or nothing if the reader's own is the only one."""
    if wishes.languages == (words.language,):
        return ()
    names = language_names()
    return (any_of(words, [names.get(code, code) for code in wishes.languages]),)


def _unmatched_card(words: Words, end: FoundNobody, *, asks: bool) -> Card:
    """The search found nobody. If it `asks`, it offers to wait again and, if a subject was named, with any subject."""
    minutes = end.search.minutes
    text = words("chat.unmatched.text", minutes=minutes) if minutes > 1 else words("chat.unmatched.soon")
    card = Card(title=words("chat.unmatched.title"), text=text)
    if end.closure is not None:
        return replace(card, text=f"{text} {_why_not_now(words, end.closure)}")
    if not asks:
        return card
    again = Button(
        label=words("chat.button.wait_again"),
        id=WAIT_AGAIN.format(how="same", server=end.server_id),
        style=ButtonStyle.MAIN,
    )
    card = replace(card, text=f"{text} {words('chat.unmatched.again')}", buttons=(again,))
    if end.search.subject == ANY:
        return card
    any_subject = Button(label=words("chat.button.any_subject"), id=WAIT_AGAIN.format(how="any", server=end.server_id))
    return replace(card, text=f"{card.text} {words('chat.unmatched.any')}", buttons=(again, any_subject))


def _closed_card(words: Words, waiting: Waiting, closure: Closure) -> Card:
    """Who waits in a closed server reads the reason that a new search there would be refused for, and until when."""
    keeps_place = words("chat.waiting.closed", until=time_of_day(waiting.expires_at))
    return Card(
        title=words(f"chat.no.{closure.reason}.title"),
        text=f"{_why_closed(words, closure)} {keeps_place}",
        buttons=_buttons_while_waiting(words, waiting.server_id),
    )


def _why_not_now(words: Words, closure: Closure) -> str:
    return f"{_why_closed(words, closure)} {words('chat.closed.then')}"


def _why_closed(words: Words, closure: Closure) -> str:
    return words(f"chat.closed.{closure.reason}", server=escape_markdown(closure.server))


def _estimated_wait(words: Words, waiting: Waiting) -> str:
    until = time_of_day(waiting.expires_at)
    if waiting.estimate is None:
        return words("chat.waiting.unknown", until=until)
    if waiting.estimate.chance < MIN_CHANCE:
        return words("chat.waiting.unlikely", until=until)
    minutes = waiting.estimate.minutes
    if minutes > 1:
        return words("chat.waiting.about", minutes=minutes)
    return words("chat.waiting.a_minute" if minutes else "chat.waiting.soon")


def _buttons_while_waiting(words: Words, server_id: int) -> tuple[Button, ...]:
    change = Button(label=words("chat.button.change"), id=CHANGE.format(server=server_id))
    return change, _stop_button(words)


def _stop_button(words: Words) -> Button:
    return Button(label=words("chat.button.stop"), id=STOP.format())
