"""The setup card as Discord's layout: how it stands, four questions and answers, what is wrong, the last buttons."""

from collections.abc import Sequence

import discord

from bot.chat import cards
from bot.chat.drawing import GREEN
from bot.chat.setup import ids
from bot.chat.setup.check import Finding
from bot.domain.display_name import escaped
from bot.domain.server import Audience, Server, is_open
from bot.words import Words

AMBER = discord.Colour(0xB7791F)

View = discord.ui.LayoutView
Row = discord.ui.ActionRow[View]


def draw(words: Words, server: Server, findings: Sequence[Finding], *, note: str = "", found: str = "") -> View:
    """The card; `note` names what to say about the last answer. Finished at once: presses are answered by their ids."""
    view = View(timeout=None)
    container: discord.ui.Container[View] = discord.ui.Container(
        accent_colour=GREEN if is_open(server) and not findings else AMBER
    )
    stands = state(words, server, findings)
    container.add_item(_text(f"### {words('chat.setup.title', server=escaped(server.name))}\n{stands}"))
    if note:
        container.add_item(_text(f"> {words(f'chat.setup.note.{note}', found=escaped(found))}"))
    container.add_item(discord.ui.Separator())
    for question in (_audience, _channel, _role, _topics):
        for item in question(words, server):
            container.add_item(item)
    container.add_item(discord.ui.Separator())
    if findings:
        container.add_item(_text("\n".join(f"> ⚠️ {sentence(words, finding)}" for finding in findings)))
    container.add_item(_last_row(words, server, findings))
    container.add_item(_text(f"-# {words('chat.setup.small')}"))
    view.add_item(container)
    view.stop()
    return view


def state(words: Words, server: Server, findings: Sequence[Finding]) -> str:
    """One line: on, paused, or what is still missing."""
    if server.audience is Audience.UNSAID:
        return f"🟠 {words('chat.setup.state.unsaid')}"
    if server.audience is not Audience.ADULTS:
        return f"🟠 {words('chat.setup.state.mixed')}"
    if server.channel_id is None:
        return f"🟠 {words('chat.setup.state.no_channel')}"
    if server.paused:
        return f"🟠 {words('chat.setup.state.paused')}"
    if server.panel_message_id is None:
        key = "no_panel" if may_post(server, findings) else "no_panel_but"
        return f"🟠 {words(f'chat.setup.state.{key}')}"
    key = "on_but" if findings else "on"
    return f"🟢 {words(f'chat.setup.state.{key}', channel=f'<#{server.channel_id}>')}"


def sentence(words: Words, finding: Finding) -> str:
    """What is wrong, where, and where to click."""
    return words(f"chat.check.{finding.code}", **finding.values)


def may_post(server: Server, findings: Sequence[Finding]) -> bool:
    """Whether the panel can be posted: adults only, a channel, and nothing that stops it."""
    return server.audience is Audience.ADULTS and server.channel_id is not None and not any(f.stops for f in findings)


def _audience(words: Words, server: Server) -> tuple[discord.ui.Item[View], ...]:
    chosen = {"adults": "adults", "mixed": "mixed"}.get(server.audience)
    row = Row()
    for answer in ("adults", "mixed", "unsure"):
        row.add_item(
            discord.ui.Button(
                label=words(f"chat.setup.audience.{answer}"),
                custom_id=ids.part(f"audience:{answer}", server.server_id, server.version),
                style=discord.ButtonStyle.success if answer == chosen else discord.ButtonStyle.secondary,
            )
        )
    return _question(words, "audience"), row


def _channel(words: Words, server: Server) -> tuple[discord.ui.Item[View], ...]:
    menu: discord.ui.ChannelSelect[View] = discord.ui.ChannelSelect(
        custom_id=ids.part("channel", server.server_id, server.version),
        channel_types=[discord.ChannelType.text],
        placeholder=words("chat.setup.channel.choose"),
        default_values=_chosen(server.channel_id, discord.SelectDefaultValueType.channel),
    )
    return _question(words, "channel"), Row(menu)


def _role(words: Words, server: Server) -> tuple[discord.ui.Item[View], ...]:
    menu: discord.ui.RoleSelect[View] = discord.ui.RoleSelect(
        custom_id=ids.part("role", server.server_id, server.version),
        min_values=0,
        placeholder=words("chat.setup.role.choose"),
        default_values=_chosen(server.role_id, discord.SelectDefaultValueType.role),
    )
    return _question(words, "role"), Row(menu)


def _chosen(id_: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    # Discord wants ids as text; the library would send the number it is given.
    return [] if id_ is None else [discord.SelectDefaultValue(id=str(id_), type=kind)]  # type: ignore[arg-type]


def _topics(words: Words, server: Server) -> tuple[discord.ui.Item[View], ...]:
    summary = words(
        "chat.setup.topics.text",
        subjects=len(server.subjects),
        lengths=cards.either(words, [str(length) for length in server.lengths]),
        languages=", ".join(cards.language(words, code) for code in server.languages),
    )
    change: discord.ui.Button[View] = discord.ui.Button(
        label=words("chat.button.change"), custom_id=ids.part("topics", server.server_id, server.version)
    )
    return (discord.ui.Section(f"**{words('chat.setup.topics.title')}**\n-# {summary}", accessory=change),)


def _last_row(words: Words, server: Server, findings: Sequence[Finding]) -> Row:
    posted = server.panel_message_id is not None
    row = Row(
        discord.ui.Button(
            label=words(f"chat.setup.{'post_again' if posted else 'post'}"),
            custom_id=ids.part("post", server.server_id, server.version),
            style=discord.ButtonStyle.secondary if posted else discord.ButtonStyle.success,
            disabled=not may_post(server, findings),
        ),
        discord.ui.Button(
            label=words("chat.setup.check"), custom_id=ids.part("check", server.server_id, server.version)
        ),
    )
    if server.audience is Audience.ADULTS and server.channel_id is not None:
        pause = "resume" if server.paused else "pause"
        row.add_item(
            discord.ui.Button(
                label=words(f"chat.setup.{pause}"),
                custom_id=ids.part(pause, server.server_id, server.version),
                style=discord.ButtonStyle.success if server.paused else discord.ButtonStyle.danger,
            )
        )
    return row


def _question(words: Words, key: str) -> discord.ui.TextDisplay[View]:
    return _text(f"**{words(f'chat.setup.{key}.title')}**\n-# {words(f'chat.setup.{key}.text')}")


def _text(content: str) -> discord.ui.TextDisplay[View]:
    return discord.ui.TextDisplay(content)
