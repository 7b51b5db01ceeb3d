"""Every card a member sees, as a pure function from values to words and button ids. Nothing here asks or sends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import ids
from bot.chat.answers import Answer, Elsewhere, Meeting, News, No, Waiting
from bot.chat.drawing import Button, Card, Look
from bot.domain.display_name import escaped
from bot.domain.ticket import ANY, Wishes
from bot.words import Words
from bot.words.why import why

LIKELY = 0.5  # a chance below this is not worth a promise


def at(moment: datetime) -> str:
    """The time of day, which Discord shows in each reader's own timezone."""
    return f"<t:{int(moment.timestamp())}:t>"


def of(words: Words, answer: Answer) -> Card:
    """The card for whatever an action answered."""
    match answer:
        case Waiting():
            return waiting(words, answer)
        case Meeting():
            return matched(words, answer)
        case Elsewhere():
            return elsewhere(words, answer)
        case News():
            return news(words, answer)
        case No():
            return plain(words, f"no.{answer.reason}", answer.values)


def waiting(words: Words, answer: Waiting) -> Card:
    """The waiting card: wishes, an honest expected wait, Change and Stop waiting."""
    first = (words("chat.waiting.changed"),) if answer.changed else ()
    return Card(
        title=words("chat.waiting.title"),
        text=" ".join((*first, wish_line(words, answer.wishes), _expected(words, answer))),
        small=words("chat.waiting.small"),
        buttons=_while_waiting(words, answer.server_id),
    )


def _expected(words: Words, answer: Waiting) -> str:
    if answer.wait_estimate is None or answer.wait_estimate.chance < LIKELY:
        return words("chat.waiting.few", until=at(answer.expires_at))
    minutes = answer.wait_estimate.minutes
    if minutes > 1:
        return words("chat.waiting.about", minutes=minutes)
    return words("chat.waiting.a_minute" if minutes else "chat.waiting.soon")


def _while_waiting(words: Words, server_id: int) -> tuple[Button, ...]:
    return (
        Button(label=words("chat.button.change"), id=ids.change(server_id)),
        Button(label=words("chat.button.stop"), id=ids.stop()),
    )


def matched(words: Words, meeting: Meeting) -> Card:
    """A partner is found: who, what, why these two, and the way in."""
    told = (words(f"chat.note.{meeting.note}"),) if meeting.note else ()
    opened = () if meeting.note == "reminder" else (words("chat.matched.open"),)  # the reminder says so itself
    return Card(
        title=words("chat.matched.title", partner=escaped(meeting.partner)),
        text=" ".join((*told, _why(words, meeting), *opened)),
        small=_about_link(words, meeting),
        buttons=(_way_in(words, meeting), Button(label=words("chat.button.decline"), id=ids.decline(meeting.seat_id))),
        below=words("chat.rules"),
    )


def _about_link(words: Words, meeting: Meeting) -> str:
    if meeting.link is None or meeting.until is None:
        return words("chat.matched.no_link")
    return words("chat.matched.link", until=at(meeting.until))


def _way_in(words: Words, meeting: Meeting) -> Button:
    if meeting.link is None:
        return Button(label=words("chat.button.new_link"), id=ids.link())
    return Button(label=words("chat.button.open"), url=meeting.link)


def _why(words: Words, meeting: Meeting) -> str:
    agreement = meeting.agreement
    other = escaped(agreement.other_subject) if agreement.other_subject else None
    return why(replace(agreement, subject=escaped(agreement.subject), other_subject=other), words)


def wish_line(words: Words, wishes: Wishes) -> str:
    """The wishes as one short sentence: "Physics, 50 minutes, quiet."."""
    subject = words("chat.any_subject") if wishes.subject == ANY else escaped(wishes.subject)
    lengths = words("chat.minutes", lengths=either(words, [str(length) for length in wishes.lengths]))
    parts = [subject, lengths]
    if wishes.style != ANY:
        parts.append(words(f"chat.style.{wishes.style}"))
    if wishes.camera != ANY:
        parts.append(words(f"chat.camera.{wishes.camera}"))
    if wishes.level is not None:
        parts.append(words(f"chat.level.{wishes.level.name.lower()}"))
    if len(wishes.languages) > 1 or wishes.languages[0] != words.language:
        parts.append(either(words, [language(words, code) for code in wishes.languages]))
    return ", ".join(parts) + "."


def language(words: Words, code: str) -> str:
    """The language's own name for itself, or its code."""
    key = f"chat.languages.{code}"
    return words(key) if key in words else code


def either(words: Words, items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return words("chat.either", most=", ".join(items[:-1]), last=items[-1])


def unmatched(words: Words, *, server_id: int, minutes: int, subject: str) -> Card:
    """Patience is over after `minutes`: what to do next. Any subject is offered to who asked for one."""
    told = words("chat.unmatched.text", minutes=minutes) if minutes > 1 else words("chat.unmatched.soon")
    again = Button(label=words("chat.button.wait_again"), id=ids.again(server_id, any_subject=False), look=Look.MAIN)
    if subject == ANY:
        return Card(title=words("chat.unmatched.title"), text=told, buttons=(again,))
    wider = Button(label=words("chat.button.any_subject"), id=ids.again(server_id, any_subject=True))
    text = f"{told} {words('chat.unmatched.any')}"
    return Card(title=words("chat.unmatched.title"), text=text, buttons=(again, wider))


def news(words: Words, answer: News) -> Card:
    """Something is so; where one may look for a partner, with the button for it."""
    card = plain(words, answer.key, answer.values)
    if answer.search_in is None:
        return card
    find = Button(label=words("chat.button.find"), id=ids.find(answer.search_in), look=Look.MAIN)
    return replace(card, buttons=(find,))


def back_in_line(words: Words, *, server_id: int) -> Card:
    """The partner cannot come; this member waits on, first in the line."""
    return replace(plain(words, "partner_declined"), buttons=_while_waiting(words, server_id))


def elsewhere(words: Words, answer: Elsewhere) -> Card:
    """This member waits in another server."""
    take_over = Button(label=words("chat.button.move"), id=ids.move(answer.here), look=Look.MAIN)
    stop = Button(label=words("chat.button.stop"), id=ids.stop())
    return replace(plain(words, "elsewhere", {"server": answer.server_name}), buttons=(take_over, stop))


def mention(words: Words, *, member_id: int) -> Card:
    """The public line that leads to a private answer; it names one member and nothing else."""
    return Card(
        title=words("chat.mention.title"),
        text=words("chat.mention.text"),
        buttons=(Button(label=words("chat.button.show"), id=ids.show(member_id)),),
    )


def panel(words: Words, *, server_id: int) -> Card:
    """The server's panel."""
    return Card(
        title=words("chat.panel.title"),
        text=words("chat.panel.text"),
        small=words("chat.panel.small"),
        buttons=(Button(label=words("chat.button.find"), id=ids.find(server_id), look=Look.MAIN),),
    )


def plain(words: Words, key: str, values: Mapping[str, object] | None = None) -> Card:
    """A card without buttons; `key` names its title and text, `values` are filled into both."""
    shown = {name: _shown(words, name, value) for name, value in (values or {}).items()}
    return Card(title=words(f"chat.{key}.title", **shown), text=words(f"chat.{key}.text", **shown))


def _shown(words: Words, name: str, value: object) -> str:
    match name, value:
        case "member", int():
            return f"<@{value}>"
        case "role", int():
            return f"<@&{value}>"
        case _, list() | tuple():
            return either(words, [escaped(str(item)) for item in value])
    return escaped(str(value))


def language_names(words: Words) -> dict[str, str]:
    """The names that languages give themselves, by code."""
    prefix = "chat.languages."
    return {key.removeprefix(prefix): name for key, name in words.texts.items() if key.startswith(prefix)}
