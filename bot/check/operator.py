"""What admins read in `/buddy check` and only the operator can mend, in the same words; what is beside it says why."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.chat.setup.checks.operator_texts import LINK_REFUSED, MINORS_NOT_ALLOWED, NO_CONTACT, operator_sentence
from bot.chat.setup.inspection import REFUSALS_OF_LINKS
from bot.check.finding import Finding, found_fault, found_note
from bot.config import Settings
from bot.store import Inspector, StoreError
from bot.store.setup_figures import OperatorFigures, read_operator_figures
from bot.words import words_for


async def check_operator(settings: Settings, database: Inspector, now: datetime) -> Sequence[Finding]:
    """Look for what is wrong in no server, but for all of them. A database that cannot be read tells nothing of it."""
    try:
        figures = await read_operator_figures(database, now, refusals=REFUSALS_OF_LINKS)
    except StoreError:
        figures = OperatorFigures()
    return tuple(_describe(settings, figures))


def _describe(settings: Settings, figures: OperatorFigures) -> Iterator[Finding]:
    words = words_for()
    if not settings.ops.safety_contact:
        yield found_note("ops.safety_contact", operator_sentence(words, NO_CONTACT))
    if figures.separated_servers and not settings.privacy.allow_minors_without_login:
        sentence = operator_sentence(words, MINORS_NOT_ALLOWED)
        yield found_note(
            "privacy.allow_minors_without_login", f"{sentence} Servers that wait for it: {figures.separated_servers}."
        )
    if figures.link_is_refused:
        address = settings.web.public_url.partition("://")[2]
        sentence = operator_sentence(words, LINK_REFUSED, address=address)
        yield found_fault("web.public_url", f"{sentence} Ask Discord's support to allow it, or change the address.")
