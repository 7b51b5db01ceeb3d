"""Why these two: one line from what two tickets agree on, for the message and for the page."""

from collections.abc import Sequence

from bot.domain.agreement import Agreement
from bot.domain.ticket import ANY
from bot.words import Words


def why(agreement: Agreement, words: Words) -> str:
    """The line: subject, style and length, what else speaks for it, and which wishes had to be stretched."""
    first = words(_first(agreement), subject=agreement.subject, other=agreement.other_subject, length=agreement.length)
    more = [words(f"why.{code}") for code in ("favourite", "level") if code in agreement.why]
    return " ".join((first, *more[:1], *_stretched(agreement, words)))


def _first(agreement: Agreement) -> str:
    style = agreement.style if "style" in agreement.why and agreement.style != ANY else ANY
    if agreement.subject == ANY:
        return f"why.any_subject.{style}"
    told = [code for code in ("subject", "subject_group") if code in agreement.why]
    otherwise = "two_subjects" if agreement.other_subject else "one_subject"
    return f"why.{(*told, otherwise)[0]}.{style}"


def _stretched(agreement: Agreement, words: Words) -> Sequence[str]:
    if not agreement.stretched:
        return ()
    *most, last = (words(f"why.wish.{code}") for code in agreement.stretched)
    both = words("why.and", most=", ".join(most), last=last) if most else last
    return (words("why.stretched", wishes=both),)
