"""Simple answers that every feature uses, and the two buttons that all may offer: Find a partner, and Show status."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.chat.ui.custom_ids import custom_id
from bot.chat.ui.layout import Button, ButtonStyle, Card
from bot.chat.ui.text import displayed_values
from bot.words import Words

FIND_PARTNER = custom_id("hb:find:{server}")
SHOW_STATUS = custom_id("hb:status")


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A statement; `key` finds its title and text in the catalogue. `search_in` is the server to search in."""

    key: str
    search_in: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


class NotPossible(Exception):
    """What the member asked for is not possible. `reason` is the catalogue key of why, and of what to do.

    `offers`: the catalogue key and the custom id of a button, if there is something else to do.
    """

    def __init__(self, reason: str, *, offers: tuple[str, str] | None = None, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offers = offers
        self.values: Mapping[str, object] = values


def notice_card(words: Words, notice: Notice) -> Card:
    """The card of a notice, with the button to find a partner if it offers a search."""
    card = plain_card(words, notice.key, notice.values)
    if notice.search_in is None:
        return card
    return replace(card, buttons=(find_partner_button(words, notice.search_in),))


def not_possible_card(words: Words, refusal: NotPossible) -> Card:
    """The card that says why something is not possible, and what to do."""
    card = plain_card(words, f"no.{refusal.reason}", refusal.values)
    if refusal.offers is None:
        return card
    key, custom_id = refusal.offers
    return replace(card, buttons=(Button(label=words(f"chat.button.{key}"), id=custom_id),))


def plain_card(words: Words, key: str, values: Mapping[str, object] | None = None) -> Card:
    """A card without buttons; `key` names its title and text, `values` fill the placeholders of both."""
    shown = displayed_values(words, values or {})
    return Card(title=words(f"chat.{key}.title", **shown), text=words(f"chat.{key}.text", **shown))


def find_partner_button(words: Words, server_id: int) -> Button:
    """The button that does what `/study now` does in this server."""
    return Button(label=words("chat.button.find"), id=FIND_PARTNER.format(server=server_id), style=ButtonStyle.MAIN)


def status_button(words: Words) -> Button:
    """The button that shows how things stand, as `/study status` does."""
    return Button(label=words("chat.button.status"), id=SHOW_STATUS.format(), style=ButtonStyle.MAIN)
