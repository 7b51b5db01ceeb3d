"""A card and how Discord draws it: the only file that turns our cards into Discord's components.

The layout is components only (no content, no embeds), so nothing in it is ever unfurled.
"""

from dataclasses import dataclass
from enum import StrEnum

import discord

GREEN = discord.Colour(0x1F7A4D)


class Look(StrEnum):
    """How a button looks. Link buttons are always grey in Discord."""

    PLAIN = "plain"
    MAIN = "main"
    DANGER = "danger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A button: `id` for one that we answer, or `url` for a link."""

    label: str
    id: str | None = None
    url: str | None = None
    look: Look = Look.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a member sees: a title, a text, small print, a row of buttons and small print below them."""

    title: str
    text: str = ""
    small: str = ""
    buttons: tuple[Button, ...] = ()
    below: str = ""

    def sentences(self) -> str:
        """All its words but the buttons', for whoever reads them aloud."""
        return " ".join(part for part in (self.title, self.text, self.small, self.below) if part)


_STYLES = {
    Look.PLAIN: discord.ButtonStyle.secondary,
    Look.MAIN: discord.ButtonStyle.success,
    Look.DANGER: discord.ButtonStyle.danger,
}


def draw(card: Card, *, mention: int | None = None) -> discord.ui.LayoutView:
    """The card as Discord's layout; `mention` names the member who is to hear of it.

    The view is finished at once: presses are answered by their ids alone (`buttons`), never by a view in memory.
    """
    view = discord.ui.LayoutView(timeout=None)
    if mention is not None:
        view.add_item(discord.ui.TextDisplay(f"<@{mention}>"))
    view.add_item(_container(card))
    view.stop()
    return view


def _container(card: Card) -> discord.ui.Container[discord.ui.LayoutView]:
    container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=GREEN)
    container.add_item(discord.ui.TextDisplay(f"### {card.title}"))
    if card.text:
        container.add_item(discord.ui.TextDisplay(card.text))
    if card.small:
        container.add_item(discord.ui.TextDisplay(f"-# {card.small}"))
    if card.buttons:
        container.add_item(discord.ui.ActionRow(*(_button(button) for button in card.buttons)))
    if card.below:
        container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(f"-# {card.below}"))
    return container


def _button(button: Button) -> discord.ui.Button[discord.ui.LayoutView]:
    if button.url is not None:
        return discord.ui.Button(label=button.label, url=button.url)
    return discord.ui.Button(label=button.label, custom_id=button.id, style=_STYLES[button.look])
