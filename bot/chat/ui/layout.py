"""Cards, and their translation into Discord components.

A message has components only (no content, no embeds), so Discord never adds a preview of its links.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

import discord

ACCENT_COLOUR = 0x1F7A4D
DIGEST_LETTERS = 22


class ButtonStyle(Enum):
    """How prominent a button is. Discord always shows link buttons in grey."""

    PLAIN = discord.ButtonStyle.secondary
    MAIN = discord.ButtonStyle.success


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A button with either a custom `id` that we handle or a `url`."""

    label: str
    id: str | None = None
    url: str | None = None
    style: ButtonStyle = ButtonStyle.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A message as a member sees it: title, text, small print, a row of buttons, and small print below the row.

    `note` is a line above the text if it answers what the member has just done: it stays until the rest
    changes. `changes_at`: when time alone makes it untrue, so that it has to be drawn again.
    """

    title: str
    note: str = ""
    text: str = ""
    small: str = ""
    buttons: tuple[Button, ...] = ()
    below: str = ""
    changes_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A text that is the same for two cards which show the same, but perhaps for their notes."""
        shown = repr(replace(self, note="", changes_at=None))
        return hashlib.sha256(shown.encode()).hexdigest()[:DIGEST_LETTERS]


def card_view(card: Card, *, mention: int | None = None, role_id: int | None = None) -> discord.ui.LayoutView:
    """The card as a view to send; `mention` is the id of a member whom it mentions above, `role_id` that of a role.

    The view is stopped: clicks are handled by custom id alone, even after a restart, never by a view in memory.
    """
    view = discord.ui.LayoutView(timeout=None)
    if mention is not None:
        view.add_item(discord.ui.TextDisplay(f"<@{mention}>"))
    if role_id is not None:
        view.add_item(discord.ui.TextDisplay(f"<@&{role_id}>"))
    view.add_item(_container(card))
    view.stop()
    return view


def ping_nobody() -> discord.AllowedMentions:
    """For messages whose mentions notify nobody."""
    return discord.AllowedMentions.none()


def ping_members() -> discord.AllowedMentions:
    """For messages that notify the members they mention, but never a role or everyone."""
    return discord.AllowedMentions(everyone=False, roles=False, users=True)


def ping_role(role_id: int | None) -> discord.AllowedMentions:
    """For messages that notify this role and nobody else; None for no role."""
    roles = [] if role_id is None else [discord.Object(role_id)]
    return discord.AllowedMentions(everyone=False, users=False, roles=roles)


def _container(card: Card) -> discord.ui.Container[discord.ui.LayoutView]:
    container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=ACCENT_COLOUR)
    container.add_item(discord.ui.TextDisplay(f"### {card.title}"))
    if text := "\n".join(filter(None, (card.note, card.text))):
        container.add_item(discord.ui.TextDisplay(text))
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
    return discord.ui.Button(label=button.label, custom_id=button.id, style=button.style.value)
