"""What `/study now` suggests while a member types: what this server offers, as far as it fits what was typed."""

from collections.abc import Sequence
from itertools import chain, combinations

from discord.app_commands import Choice

from bot.chat.discord_limits import MAX_CHOICE_LETTERS, MAX_CHOICES
from bot.chat.ui.any_choice import includes_any
from bot.chat.ui.lengths import read_lengths
from bot.chat.ui.name_search import matching_names
from bot.chat.ui.text import any_of, listed
from bot.domain.ticket import ANY
from bot.domain.typed_text import has_separator, items_of
from bot.words import Words, language_names
from bot.words.languages import NAMES, read_languages

Choices = list[Choice[str]]


def suggested_subjects(names: Sequence[str], typed: str, *, last: str, any_subject: str) -> Choices:
    """The subjects that fit `typed`: the `last` one chosen, then the nearest; any subject at the end.

    As many as Discord accepts; `any_subject` is the label of the last choice.
    """
    ordered = sorted(matching_names(typed, names), key=lambda name: name != last)[: MAX_CHOICES - 1]
    return [*(_choice(name, name) for name in ordered), _choice(any_subject, ANY)]


def suggested_lengths(words: Words, offered: Sequence[int], typed: str) -> Choices:
    """What `typed` was understood as, then the other lengths and their combinations, any length at the end."""
    fewer = chain.from_iterable(combinations(offered, count) for count in range(1, max(2, len(offered))))
    labels = {_length_label(words, lengths): _value(lengths) for lengths in fewer}
    understood = None if not typed.strip() or includes_any(typed) else read_lengths(typed, offered)
    if understood:
        first = {_length_label(words, understood): _value(understood)}
        fitting = {**first, **{label: value for label, value in labels.items() if _has_one_of(value, understood)}}
    else:
        fitting = {label: labels[label] for label in matching_names(typed, list(labels))}
    choices = [_choice(label, value) for label, value in fitting.items()][: MAX_CHOICES - 1]
    return [*choices, _choice(words("chat.any_length"), ANY)]


def suggested_languages(codes: Sequence[str], typed: str) -> Choices:
    """The languages that fit the last one typed, by their own names, each after those typed before it."""
    names = language_names()
    offered = {code: names.get(code, code) for code in codes}
    before, last = _last_item(typed)
    chosen, exact = read_languages(before, offered)[0], read_languages(last, offered)[0]
    known = {name: code for code, own in offered.items() for name in (own, code, *NAMES.get(code, ()))}
    fitting = dict.fromkeys([*exact, *(known[name] for name in matching_names(last, list(known)))])
    lists = [[*chosen, code] for code in fitting if code not in chosen]
    return [_choice(listed([offered[code] for code in each]), ",".join(each)) for each in lists][:MAX_CHOICES]


def _last_item(typed: str) -> tuple[str, str]:
    """The items of a list that are complete, and the one that is being typed."""
    items = items_of(typed)
    is_new = not items or has_separator(typed.strip()[-1])
    return ",".join(items if is_new else items[:-1]), "" if is_new else items[-1]


def _length_label(words: Words, lengths: Sequence[int]) -> str:
    return words("chat.minutes", lengths=any_of(words, [str(length) for length in lengths]))


def _value(lengths: Sequence[int]) -> str:
    return ",".join(map(str, lengths))


def _has_one_of(value: str, lengths: Sequence[int]) -> bool:
    return bool(set(value.split(",")) & {str(length) for length in lengths})


def _choice(name: str, value: str) -> Choice[str]:
    return Choice(name=name[:MAX_CHOICE_LETTERS], value=value[:MAX_CHOICE_LETTERS])
