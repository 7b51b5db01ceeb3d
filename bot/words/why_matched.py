"""Why two members were matched: one line, for the message and the page."""

from collections.abc import Sequence

from bot.domain.agreement import EXTRA_REASONS, Agreement, Why, Wish
from bot.domain.ticket import ANY
from bot.words import Words


def why_matched(agreement: Agreement, words: Words) -> str:
    """Subject, style and length, at most one more reason, and the wishes in which the two differ."""
    first = words(
        _first_sentence(agreement),
        subject=agreement.subject,
        other=agreement.other_subject,
        length=agreement.length,
    )
    more = [words(f"why.{code}") for code in EXTRA_REASONS if code in agreement.why]
    return " ".join((first, *more[:1], *_differences(agreement, words)))


def _first_sentence(agreement: Agreement) -> str:
    style = agreement.style if Why.STYLE in agreement.why else ANY
    if agreement.subject == ANY:
        return f"why.any_subject.{style}"
    return f"why.{_shared_subject(agreement)}.{style}"


def _shared_subject(agreement: Agreement) -> str:
    if Why.SUBJECT in agreement.why:
        return "subject_and_length" if Why.LENGTH in agreement.why else "subject"
    if Why.SUBJECT_GROUP in agreement.why:
        return "subject_group"
    return "two_subjects" if agreement.other_subject else "one_subject"


def _differences(agreement: Agreement, words: Words) -> Sequence[str]:
    """The wishes in which the two differ, but for the subjects if the first sentence has named both."""
    named = {Wish.SUBJECT} if agreement.other_subject else set()
    names = [words(f"why.wish.{code}") for code in agreement.stretched if code not in named]
    if not names:
        return ()
    *most, last = names
    wishes = words("why.and", most=", ".join(most), last=last) if most else last
    return (words("why.stretched", wishes=wishes),)
