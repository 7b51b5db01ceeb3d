"""Why two members were matched: one line, for the message and the page."""

from collections.abc import Sequence

from bot.domain.agreement import EXTRA_REASONS, Agreement
from bot.domain.ticket import ANY
from bot.words import Words


def why_matched(agreement: Agreement, words: Words) -> str:
    """Subject, style and length in one sentence, at most one more reason, and the wishes in which the two differ."""
    first = words(
        _first_sentence(agreement),
        subject=agreement.subject,
        other=agreement.other_subject,
        length=agreement.length,
    )
    more = [words(f"why.{code}") for code in EXTRA_REASONS if code in agreement.why]
    return " ".join((first, *more[:1], *_differences(agreement, words)))


def _first_sentence(agreement: Agreement) -> str:
    style = agreement.style if "style" in agreement.why and agreement.style != ANY else ANY
    if agreement.subject == ANY:
        return f"why.any_subject.{style}"
    shared = [code for code in ("subject", "subject_group") if code in agreement.why]
    otherwise = "two_subjects" if agreement.other_subject else "one_subject"
    return f"why.{(*shared, otherwise)[0]}.{style}"


def _differences(agreement: Agreement, words: Words) -> Sequence[str]:
    if not agreement.stretched:
        return ()
    *most, last = (words(f"why.wish.{code}") for code in agreement.stretched)
    wishes = words("why.and", most=", ".join(most), last=last) if most else last
    return (words("why.stretched", wishes=wishes),)
