"""Parts of the cards of setup: buttons, selects that show what is chosen, and what is wrong."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import SetupResult
from bot.chat.setup.checks.problem import SetupProblem, problem_text
from bot.chat.setup.state import may_publish_panel
from bot.chat.setup.steps import Step, is_set_up
from bot.chat.ui.custom_ids import CustomId
from bot.chat.ui.text import fitting_items
from bot.domain.server import Server
from bot.domain.trial import Trial
from bot.words import Words

View = discord.ui.LayoutView
Row = discord.ui.ActionRow[View]
Item = discord.ui.Item[View]
Button = discord.ui.Button[View]


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupPage:
    """What the card shows: a step, with the answers so far and what is wrong.

    `known_ids`: the roles and channels of the settings that exist. Selects show no other: Discord refuses them.
    `trial`: the last one in this server, if that was looked up.
    """

    step: Step
    result: SetupResult
    problems: Sequence[SetupProblem] = ()
    known_ids: Collection[int] = frozenset()
    trial: Trial | None = None

    @property
    def server(self) -> Server:
        """The settings."""
        return self.result.server


def setup_button(
    label: str, custom_id: CustomId, server: Server, *, is_main: bool = False, disabled: bool = False, **values: object
) -> Button:
    """A button of the card; `values` are the other fields of its id."""
    return discord.ui.Button(
        label=label,
        custom_id=setup_id(custom_id, server, **values),
        style=discord.ButtonStyle.success if is_main else discord.ButtonStyle.secondary,
        disabled=disabled,
    )


def step_button(words: Words, key: str, server: Server, step: Step, *, is_main: bool = False) -> Button:
    """A button that leads to a step; `key` names its label."""
    return setup_button(words(f"chat.{key}"), custom_ids.SHOW_STEP, server, is_main=is_main, step=int(step))


def publish_button(words: Words, page: SetupPage) -> Button:
    """A button that posts the panel, or posts it again; off while the panel may not be posted."""
    server = page.server
    return setup_button(
        words(f"chat.setup.{'post_again' if is_set_up(server) else 'post'}"),
        custom_ids.PUBLISH_PANEL,
        server,
        is_main=not is_set_up(server),
        disabled=not may_publish_panel(server, page.problems),
    )


def setup_id(custom_id: CustomId, server: Server, **values: object) -> str:
    """A custom id of the card, with the version of the settings that it shows."""
    return custom_id.format(server=server.server_id, version=server.version, **values)


def channel_row(words: Words, key: str, custom_id: CustomId, page: SetupPage, chosen: int | None, *, least: int) -> Row:
    """A select of one text channel, or none if `least` is 0."""
    return Row(
        discord.ui.ChannelSelect(
            custom_id=setup_id(custom_id, page.server),
            channel_types=[discord.ChannelType.text],
            min_values=least,
            placeholder=words(f"chat.setup.{key}"),
            default_values=_selected(page, chosen, discord.SelectDefaultValueType.channel),
        )
    )


def role_row(words: Words, key: str, custom_id: CustomId, page: SetupPage, chosen: int | None) -> Row:
    """A select of one role, or none."""
    return Row(
        discord.ui.RoleSelect(
            custom_id=setup_id(custom_id, page.server),
            min_values=0,
            placeholder=words(f"chat.setup.{key}"),
            default_values=_selected(page, chosen, discord.SelectDefaultValueType.role),
        )
    )


def text_part(content: str) -> discord.ui.TextDisplay[View]:
    """A text."""
    return discord.ui.TextDisplay(content)


def problem_part(words: Words, problems: Sequence[SetupProblem], room: int) -> Iterator[Item]:
    """The problems in at most `room` letters, and how many more there are; nothing if there are none."""
    if not problems:
        return
    lines = [f"> {'⛔' if problem.stops else '⚠️'} {problem_text(words, problem)}" for problem in problems]
    more = words("chat.setup.problems_more", count=len(lines))
    fitting = fitting_items(lines, room - len(more), "\n") or lines[:1]
    left_out = len(lines) - len(fitting)
    rest = [f"> {words('chat.setup.problems_more', count=left_out)}"] if left_out else []
    yield text_part("\n".join([*fitting, *rest]))


def letters_in(items: Sequence[Item]) -> int:
    """The letters of all texts among the items."""
    return sum(len(part.content) for item in items for part in _texts_in(item))


def _texts_in(item: Item) -> Iterator[discord.ui.TextDisplay[View]]:
    parts = item.children if isinstance(item, discord.ui.Section) else [item]
    return (part for part in parts if isinstance(part, discord.ui.TextDisplay))


def _selected(
    page: SetupPage, chosen: int | None, kind: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    if chosen is None or chosen not in page.known_ids:
        return []
    # Discord wants ids as text; the library would send the number it is given.
    return [discord.SelectDefaultValue(id=str(chosen), type=kind)]  # type: ignore[arg-type]
