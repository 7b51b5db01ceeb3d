"""The overview of setup: every answer in a line with *Change*, and a row to post, check and pause."""

from collections.abc import Iterator, Sequence

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.card_parts import Item, Row, SetupPage, View, publish_button, setup_button, setup_id, step_button
from bot.chat.setup.drafts import draft_parts
from bot.chat.setup.state import can_be_paused
from bot.chat.setup.steps import Step
from bot.chat.setup.topic_parts import topics_part
from bot.chat.setup.trial_cards import trial_line
from bot.domain.server import Audience, Server, pools_are_separated
from bot.words import Words


def overview_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    """A draft if there is one, and the answers."""
    server = page.server
    yield from draft_parts(words, page)
    yield _answer(words, server, Step.AUDIENCE, "\n-# ".join(audience_lines(words, server)))
    yield _answer(words, server, Step.PLACES, places_line(words, server))
    yield _answer(words, server, Step.PEOPLE, people_line(words, server))
    yield topics_part(words, server)
    yield _answer(words, server, Step.LOOK, _words_line(words, server))
    yield _answer(words, server, Step.TRIAL, trial_line(words, page.trial), button="setup.titles.trial")


def overview_buttons(words: Words, page: SetupPage) -> Iterator[Row]:
    """Post, check, and pause or resume."""
    server = page.server
    row = Row(
        publish_button(words, page),
        setup_button(words("chat.setup.check"), custom_ids.CHECK_AGAIN, server),
    )
    if can_be_paused(server):
        row.add_item(_pause_button(words, server))
    yield row


def audience_lines(words: Words, server: Server) -> Sequence[str]:
    """Who is in the server, with which roles if some are under 18, and when a partner's picture is shown."""
    who = words(f"chat.setup.audience.{server.audience}")
    if server.audience is Audience.UNSAID:
        return (who,)
    is_hidden = server.hides_partner_video or pools_are_separated(server)
    video = words("chat.setup.video.line", video=words(f"chat.setup.video.{'hidden' if is_hidden else 'shown'}"))
    if not pools_are_separated(server):
        return (who, video)
    minor, adult = (_role(words, role_id, "nothing") for role_id in (server.minor_role_id, server.adult_role_id))
    return (who, words("chat.setup.audience.roles", minor=minor, adult=adult), video)


def places_line(words: Words, server: Server) -> str:
    """The two channels."""
    study, staff = (
        words("chat.setup.nothing") if channel_id is None else f"<#{channel_id}>"
        for channel_id in (server.channel_id, server.staff_channel_id)
    )
    return words("chat.setup.places.text", channel=study, staff=staff)


def people_line(words: Words, server: Server) -> str:
    """Who can be matched, how long newcomers wait, and who reads reports."""
    return words(
        "chat.setup.people.text",
        role=_role(words, server.role_id, "everyone"),
        gate=words(f"chat.setup.gate.{server.gate or 'unsaid'}"),
        readers=_role(words, server.reader_role_id, "managers"),
    )


def _answer(words: Words, server: Server, step: Step, text: str, *, button: str = "button.change") -> Item:
    section: discord.ui.Section[View] = discord.ui.Section(
        f"**{words(f'chat.setup.titles.{step.name.lower()}')}**\n-# {text}",
        accessory=step_button(words, button, server, step),
    )
    return section


def _words_line(words: Words, server: Server) -> str:
    panel = "own" if server.panel_text else "ours"
    rules = "own_rules" if server.rules else "our_rules"
    return " · ".join(words(f"chat.setup.words.{key}") for key in (panel, rules))


def _role(words: Words, role_id: int | None, otherwise: str) -> str:
    return words(f"chat.setup.{otherwise}") if role_id is None else f"<@&{role_id}>"


def _pause_button(words: Words, server: Server) -> discord.ui.Button[View]:
    pause = "resume" if server.paused else "pause"
    return discord.ui.Button(
        label=words(f"chat.setup.{pause}"),
        custom_id=setup_id(custom_ids.PAUSE, server, pause=pause),
        style=discord.ButtonStyle.success if server.paused else discord.ButtonStyle.danger,
    )
