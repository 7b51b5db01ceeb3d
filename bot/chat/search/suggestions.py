"""What `/study now` suggests while a member types a subject or a language."""

from collections.abc import Sequence

from discord.app_commands import Choice

from bot.chat.discord_limits import MAX_CHOICE_LETTERS, MAX_CHOICES
from bot.domain.ticket import ANY
from bot.words import language_names


def suggested_subjects(names: Sequence[str], typed: str, *, last: str, any_subject: str) -> list[Choice[str]]:
    """The subjects that contain `typed`: the `last` one chosen, then those that begin with it; any subject at the end.

    As many as Discord accepts; `any_subject` is the label of the last choice.
    """
    beginning = typed.strip().casefold()
    fitting = sorted(
        (name for name in names if _contains(name, typed)),
        key=lambda name: (name != last, not name.casefold().startswith(beginning)),
    )
    labels = [name[:MAX_CHOICE_LETTERS] for name in fitting[: MAX_CHOICES - 1]]
    return [*(Choice(name=label, value=label) for label in labels), Choice(name=any_subject, value=ANY)]


def suggested_languages(codes: Sequence[str], typed: str) -> list[Choice[str]]:
    """The languages whose own name contains `typed`, as many as Discord accepts."""
    names = language_names()
    choices = [Choice(name=names.get(code, code), value=code) for code in codes]
    return [choice for choice in choices if _contains(choice.name, typed)][:MAX_CHOICES]


def _contains(name: str, typed: str) -> bool:
    return typed.strip().casefold() in name.casefold()
