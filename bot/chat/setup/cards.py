"""The setup card: the state of pairing, four questions with their answers, any problems, and a row of buttons."""

from collections.abc import Iterator, Sequence

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import SetupResult
from bot.chat.setup.permissions import CHANNEL_GONE, PANEL_GONE, ROLE_GONE, SetupProblem
from bot.chat.setup.topics import MAX_LANGUAGES, MAX_SUBJECT_LETTERS, MAX_SUBJECTS, TOO_MANY, Mistake
from bot.chat.ui.custom_ids import CustomId
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import any_of, escape_markdown, fitting_items, listed, quoted_input
from bot.domain.server import Audience, Server, Subject, is_open
from bot.domain.ticket import LENGTHS
from bot.words import Words, language_names

WARNING_COLOUR = 0xB7791F
MAX_SHOWN = 800  # letters of subjects' names, of the 4,000 that a card may have
MAX_QUOTED = 240  # letters of what was typed, in each list of a card, which may have 4,000 in all

BETWEEN_SUBJECTS = " · "

View = discord.ui.LayoutView
Row = discord.ui.ActionRow[View]
Item = discord.ui.Item[View]


def setup_view(words: Words, result: SetupResult, problems: Sequence[SetupProblem]) -> View:
    """The card with the note about the last answer, as a stopped view: clicks are handled by custom id alone."""
    server = result.server
    all_is_well = is_open(server) and not problems
    container: discord.ui.Container[View] = discord.ui.Container(
        accent_colour=ACCENT_COLOUR if all_is_well else WARNING_COLOUR
    )
    for item in _items(words, result, problems):
        container.add_item(item)
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def state_line(words: Words, server: Server, problems: Sequence[SetupProblem]) -> str:
    """One line: pairing is on, is paused, or what is still missing."""
    key = _state_key(server, problems)
    light = "🟢" if key in {"on", "on_but"} else "🟠"  # green: members can be paired, and find the button
    return f"{light} {words(f'chat.setup.state.{key}', channel=f'<#{server.channel_id}>')}"


def may_publish_panel(server: Server, problems: Sequence[SetupProblem]) -> bool:
    """Whether the panel can be posted: adults only, a channel, and no problem that prevents it."""
    return _can_be_paused(server) and not any(problem.stops for problem in problems)


def _items(words: Words, result: SetupResult, problems: Sequence[SetupProblem]) -> Iterator[Item]:
    server = result.server
    title = words("chat.setup.title", server=escape_markdown(server.name))
    yield _text(f"### {title}\n{state_line(words, server, problems)}")
    if result.note:
        note = "checked_but" if result.note == "checked" and problems else result.note
        yield _text(f"> {words(f'chat.setup.note.{note}', channel=f'<#{result.channel_id}>')}")
    if result.has_draft:
        yield from (_text(_draft_text(words, result.mistakes)), _draft_row(words, server))
    yield discord.ui.Separator()
    yield from (_question(words, "audience"), _audience_buttons(words, server))
    yield from (_question(words, "channel"), Row(_channel_select(words, server, problems)))
    yield from (_question(words, "role"), Row(_role_select(words, server, problems)))
    yield _topics_section(words, server)
    yield discord.ui.Separator()
    if problems:
        yield _text("\n".join(f"> ⚠️ {words(f'chat.check.{each.code}', **each.values)}" for each in problems))
    yield _last_row(words, server, problems)
    yield _text(f"-# {words('chat.setup.small')}")


def _state_key(server: Server, problems: Sequence[SetupProblem]) -> str:
    if server.audience is not Audience.ADULTS:
        return server.audience
    if server.channel_id is None:
        return "no_channel"
    if server.paused:
        return "paused"
    if server.panel_message_id is None:
        return "no_panel" if may_publish_panel(server, problems) else "no_panel_but"
    if _has(problems, ROLE_GONE):
        return "nobody"
    if any(problem.stops for problem in problems):
        return "on_blocked"
    if _has(problems, PANEL_GONE):
        return "on_no_panel"
    return "on_but" if problems else "on"


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


def _draft_row(words: Words, server: Server) -> Row:
    correct: discord.ui.Button[View] = discord.ui.Button(
        label=words("chat.setup.draft.correct"),
        custom_id=_id(custom_ids.CORRECT_TOPICS, server),
        style=discord.ButtonStyle.success,
    )
    discard: discord.ui.Button[View] = discord.ui.Button(
        label=words("chat.setup.draft.discard"), custom_id=_id(custom_ids.DISCARD_DRAFT, server)
    )
    return Row(correct, discard)


def _audience_buttons(words: Words, server: Server) -> Row:
    row = Row()
    for answer in ("adults", "mixed", "unsure"):
        row.add_item(
            discord.ui.Button(
                label=words(f"chat.setup.audience.{answer}"),
                custom_id=_id(custom_ids.AUDIENCE, server, audience=answer),
                style=discord.ButtonStyle.success if answer == server.audience else discord.ButtonStyle.secondary,
            )
        )
    return row


def _channel_select(words: Words, server: Server, problems: Sequence[SetupProblem]) -> discord.ui.ChannelSelect[View]:
    return discord.ui.ChannelSelect(
        custom_id=_id(custom_ids.CHANNEL, server),
        channel_types=[discord.ChannelType.text],
        placeholder=words("chat.setup.channel.choose"),
        default_values=_selected(
            None if _has(problems, CHANNEL_GONE) else server.channel_id, discord.SelectDefaultValueType.channel
        ),
    )


def _role_select(words: Words, server: Server, problems: Sequence[SetupProblem]) -> discord.ui.RoleSelect[View]:
    return discord.ui.RoleSelect(
        custom_id=_id(custom_ids.ROLE, server),
        min_values=0,
        placeholder=words("chat.setup.role.choose"),
        default_values=_selected(
            None if _has(problems, ROLE_GONE) else server.role_id, discord.SelectDefaultValueType.role
        ),
    )


def _has(problems: Sequence[SetupProblem], code: str) -> bool:
    return any(problem.code == code for problem in problems)


def _selected(id_: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    # Discord wants ids as text; the library would send the number it is given.
    return [] if id_ is None else [discord.SelectDefaultValue(id=str(id_), type=kind)]  # type: ignore[arg-type]


def _topics_section(words: Words, server: Server) -> Item:
    names = language_names()
    summary = words(
        "chat.setup.topics.text",
        subjects=len(server.subjects),
        lengths=any_of(words, [str(length) for length in server.lengths]),
        languages=listed([names.get(code, code) for code in server.languages]),
    )
    change: discord.ui.Button[View] = discord.ui.Button(
        label=words("chat.button.change"), custom_id=_id(custom_ids.TOPICS, server)
    )
    subjects = _shown_subjects(words, server.subjects)
    return discord.ui.Section(f"**{words('chat.setup.topics.title')}**\n-# {summary}\n-# {subjects}", accessory=change)


def _shown_subjects(words: Words, subjects: Sequence[Subject]) -> str:
    """The subjects as they were understood, and which of them form a group; as many as there is room for."""
    names = [f"{escape_markdown(each.name)}{_in_group(each)}" for each in subjects]
    fitting = fitting_items(names, MAX_SHOWN, BETWEEN_SUBJECTS)
    left_out = len(names) - len(fitting)
    more = [words("chat.setup.topics.more", count=left_out)] if left_out else []
    return listed([*fitting, *more], BETWEEN_SUBJECTS)


def _in_group(subject: Subject) -> str:
    return f" ({escape_markdown(subject.group)})" if subject.group else ""


def _last_row(words: Words, server: Server, problems: Sequence[SetupProblem]) -> Row:
    is_posted = server.panel_message_id is not None
    publish: discord.ui.Button[View] = discord.ui.Button(
        label=words(f"chat.setup.{'post_again' if is_posted else 'post'}"),
        custom_id=_id(custom_ids.PUBLISH_PANEL, server),
        style=discord.ButtonStyle.secondary if is_posted else discord.ButtonStyle.success,
        disabled=not may_publish_panel(server, problems),
    )
    check: discord.ui.Button[View] = discord.ui.Button(
        label=words("chat.setup.check"), custom_id=_id(custom_ids.CHECK_AGAIN, server)
    )
    pause = (_pause_button(words, server),) if _can_be_paused(server) else ()
    return Row(publish, check, *pause)


def _pause_button(words: Words, server: Server) -> discord.ui.Button[View]:
    pause = "resume" if server.paused else "pause"
    return discord.ui.Button(
        label=words(f"chat.setup.{pause}"),
        custom_id=_id(custom_ids.PAUSE, server, pause=pause),
        style=discord.ButtonStyle.success if server.paused else discord.ButtonStyle.danger,
    )


def _can_be_paused(server: Server) -> bool:
    return server.audience is Audience.ADULTS and server.channel_id is not None


def _id(custom_id: CustomId, server: Server, **values: str) -> str:
    return custom_id.format(server=server.server_id, version=server.version, **values)


def _question(words: Words, key: str) -> discord.ui.TextDisplay[View]:
    return _text(f"**{words(f'chat.setup.{key}.title')}**\n-# {words(f'chat.setup.{key}.text')}")


def _text(content: str) -> discord.ui.TextDisplay[View]:
    return discord.ui.TextDisplay(content)
