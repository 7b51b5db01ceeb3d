"""The cards of a search: pure functions from values to words and buttons."""

from dataclasses import replace

from bot.chat.meeting.cards import seat_card
from bot.chat.search.answers import FoundNobody, SearchAnswer, Waiting, WaitingElsewhere
from bot.chat.search.custom_ids import CHANGE, MOVE_HERE, SHOW_NEWS, STOP, WAIT_AGAIN
from bot.chat.search.options import CHOICE_OPTIONS
from bot.chat.search.status import Looking
from bot.chat.ui.layout import Button, ButtonStyle, Card
from bot.chat.ui.notices import Notice, notice_card, plain_card
from bot.chat.ui.text import any_of, escape_markdown, time_of_day
from bot.domain.message import DELIVERIES, MessageKind, Offer, SearchDetails
from bot.domain.ticket import ANY, Wishes
from bot.words import Words, language_names

MIN_CHANCE = 0.5
"""The chance of a match from which on an expected wait is shown."""


def answer_card(words: Words, answer: SearchAnswer) -> Card:
    """The card of what an action answered."""
    match answer:
        case Waiting():
            return waiting_card(words, answer)
        case WaitingElsewhere():
            return elsewhere_card(words, answer)
        case FoundNobody(search=search, server_id=server_id):
            return unmatched_card(words, search, server_id=server_id)
        case _:
            return seat_card(words, answer)


def message_card(words: Words, kind: MessageKind, *, server_id: int, looking: Looking) -> Card:
    """The card of a message without a payload. `looking`: whether the search that it may speak of goes on."""
    if DELIVERIES[kind].offer is Offer.SEARCH:
        return notice_card(words, Notice(key=kind, search_in=server_id))
    if looking is Looking.NO:
        return notice_card(words, Notice(key=f"{kind}_over", search_in=server_id))
    paused = looking is Looking.PAUSED
    key = MessageKind.PAUSED if paused else kind if kind is not MessageKind.PAUSED else "resumed"
    return replace(plain_card(words, key), buttons=_buttons_while_waiting(words, server_id))


def waiting_card(words: Words, waiting: Waiting) -> Card:
    """The wishes, the expected wait, and the buttons Change and Stop waiting."""
    changed = words("chat.waiting.changed") if waiting.changed else ""
    if waiting.paused:
        return Card(
            title=words("chat.paused.title"),
            note=changed,
            text=wish_line(words, waiting.wishes),
            small=words("chat.paused.text"),
            buttons=_buttons_while_waiting(words, waiting.server_id),
        )
    return Card(
        title=words("chat.waiting.title"),
        note=changed,
        text=" ".join((wish_line(words, waiting.wishes), _estimated_wait(words, waiting))),
        small=words("chat.waiting.small"),
        buttons=_buttons_while_waiting(words, waiting.server_id),
    )


def elsewhere_card(words: Words, elsewhere: WaitingElsewhere) -> Card:
    """The member waits in another server, and may move the search here."""
    move = Button(
        label=words("chat.button.move"), id=MOVE_HERE.format(server=elsewhere.server_id), style=ButtonStyle.MAIN
    )
    card = plain_card(words, "elsewhere", {"server": elsewhere.other_server})
    return replace(card, buttons=(move, _stop_button(words)))


def unmatched_card(words: Words, search: SearchDetails, *, server_id: int, asks: bool = True) -> Card:
    """The search found nobody. If it `asks`, it offers to wait again and, if a subject was named, with any subject."""
    plural = search.minutes > 1
    text = words("chat.unmatched.text", minutes=search.minutes) if plural else words("chat.unmatched.soon")
    again = Button(
        label=words("chat.button.wait_again"),
        id=WAIT_AGAIN.format(how="same", server=server_id),
        style=ButtonStyle.MAIN,
    )
    if not asks:
        return Card(title=words("chat.unmatched.title"), text=text)
    text = f"{text} {words('chat.unmatched.again')}"
    card = Card(title=words("chat.unmatched.title"), text=text, buttons=(again,))
    if search.subject == ANY:
        return card
    any_subject = Button(label=words("chat.button.any_subject"), id=WAIT_AGAIN.format(how="any", server=server_id))
    return replace(card, text=f"{text} {words('chat.unmatched.any')}", buttons=(again, any_subject))


def mention_card(words: Words, *, member_id: int) -> Card:
    """A public message with a button to a private answer; reveals only who is mentioned."""
    show = Button(label=words("chat.button.show"), id=SHOW_NEWS.format(member=member_id))
    return Card(title=words("chat.mention.title"), text=words("chat.mention.text"), buttons=(show,))


def wish_line(words: Words, wishes: Wishes) -> str:
    """The wishes as one short sentence, leaving out those without a preference: "Physics, 50 minutes, quiet."."""
    subject = words("chat.any_subject") if wishes.subject == ANY else escape_markdown(wishes.subject)
    lengths = words("chat.minutes", lengths=any_of(words, [str(length) for length in wishes.lengths]))
    codes = {option.name: option.code_in(wishes) for option in CHOICE_OPTIONS}
    choices = [words(f"chat.{name}.{code}") for name, code in codes.items() if code != ANY]
    return ", ".join((subject, lengths, *choices, *_languages(words, wishes))) + "."


def _languages(words: Words, wishes: Wishes) -> tuple[str, ...]:
    """The languages, or nothing if the reader's own is the only one."""
    if wishes.languages == (words.language,):
        return ()
    names = language_names()
    return (any_of(words, [names.get(code, code) for code in wishes.languages]),)


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
