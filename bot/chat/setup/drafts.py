"""What an admin typed and is not saved, on the card: every mistake in it, and what can be done with it."""

from collections.abc import Iterator, Sequence

from bot.chat.setup import custom_ids
from bot.chat.setup.card_parts import Item, Row, SetupPage, setup_button, text_part
from bot.chat.setup.topics import MAX_LANGUAGES, MAX_SUBJECT_LETTERS, MAX_SUBJECTS, TOO_MANY, Mistake
from bot.chat.ui.text import escape_markdown, fitting_items, listed, quoted_input
from bot.domain.ticket import LENGTHS
from bot.words import Words

MAX_QUOTED = 240  # letters of what was typed, in each list of a card, which may have 4,000 in all


def draft_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    """What was typed and is not saved, with its buttons; nothing if all is saved."""
    if not page.result.has_draft:
        return
    yield text_part(_draft_text(words, page.result.mistakes))
    yield Row(
        setup_button(words("chat.setup.draft.correct"), custom_ids.CORRECT_TOPICS, page.server, is_main=True),
        setup_button(words("chat.setup.draft.discard"), custom_ids.DISCARD_DRAFT, page.server),
    )


def _draft_text(words: Words, mistakes: Sequence[Mistake]) -> str:
    """What can be done with what was typed, and each mistake in it with what was understood."""
    lines = [
        words(f"chat.setup.draft.{'mistakes' if mistakes else 'complete'}"),
        *(_mistake_text(words, mistake) for mistake in mistakes),
    ]
    return "\n".join(f"> {line}" for line in lines)


def _mistake_text(words: Words, mistake: Mistake) -> str:
    wrong = words(
        f"chat.setup.mistake.{mistake.reason}",
        found=mistake.found[0] if mistake.reason in TOO_MANY else _quoted(words, mistake.found),
        lengths=", ".join(map(str, LENGTHS)),
        most_letters=MAX_SUBJECT_LETTERS,
        most_subjects=MAX_SUBJECTS,
        most_languages=MAX_LANGUAGES,
    )
    if not mistake.understood:
        return wrong
    return f"{wrong} {words('chat.setup.mistake.understood', items=_quoted(words, mistake.understood))}"


def _quoted(words: Words, pieces: Sequence[str]) -> str:
    """The pieces in quotes, as many as there is room for, and how many more there are."""
    quoted = [words("chat.setup.mistake.quoted", found=escape_markdown(quoted_input(piece))) for piece in pieces]
    fitting = fitting_items(quoted, MAX_QUOTED)
    left_out = len(quoted) - len(fitting)
    return listed([*fitting, *([words("chat.setup.mistake.more", count=left_out)] if left_out else [])])
