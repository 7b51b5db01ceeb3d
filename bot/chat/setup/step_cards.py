"""The steps of the wizard: a question each, with what is chosen, and what is wrong with the answers."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.card_parts import (
    Item,
    Row,
    SetupPage,
    channel_row,
    publish_button,
    role_row,
    setup_button,
    setup_id,
    step_button,
    text_part,
)
from bot.chat.setup.drafts import draft_parts
from bot.chat.setup.panel import panel_card
from bot.chat.setup.steps import LAST, Step, is_set_up
from bot.chat.setup.topic_parts import topics_part
from bot.chat.setup.trial_cards import trial_line
from bot.chat.ui.rules import numbered_rules
from bot.domain.gate import GATES, Gate
from bot.domain.server import Audience, pools_are_separated
from bot.words import Words

Parts = Callable[[Words, SetupPage], Iterator[Item]]

_DAY: Final = timedelta(days=1)


def step_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    """The question of a step with its answer."""
    yield from _PARTS[page.step](words, page)


def step_buttons(words: Words, page: SetupPage) -> Iterator[Row]:
    """The buttons that lead on, and those of the last step's own."""
    server, step, row = page.server, page.step, Row()
    if step > Step.AUDIENCE:
        row.add_item(step_button(words, "setup.back", server, Step(step - 1)))
    if step < LAST:
        is_main = step is not Step.LOOK or is_set_up(server)  # otherwise the button to post is
        row.add_item(step_button(words, "setup.next", server, Step(step + 1), is_main=is_main))
    if step is Step.LOOK:
        row.add_item(step_button(words, "setup.check", server, step))
    if step is Step.TRIAL and is_set_up(server):
        label = words(f"chat.setup.{'done' if page.trial else 'trial.skip'}")
        row.add_item(setup_button(label, custom_ids.FINISH, server, is_main=page.trial is not None))
    if is_set_up(server):
        row.add_item(step_button(words, "setup.overview", server, Step.OVERVIEW))
    yield row


def _audience_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    server, row = page.server, Row()
    yield text_part(f"-# {words('chat.setup.audience.text')}")
    for answer in (Audience.ADULTS, Audience.MIXED, Audience.UNSURE):
        label = words(f"chat.setup.audience.{answer}")
        row.add_item(
            setup_button(label, custom_ids.AUDIENCE, server, is_main=answer == server.audience, audience=answer)
        )
    yield row
    if pools_are_separated(server):
        yield text_part(f"-# {words('chat.setup.audience.known')}")
        yield role_row(words, "audience.minor_role", custom_ids.MINOR_ROLE, page, server.minor_role_id)
        yield role_row(words, "audience.adult_role", custom_ids.ADULT_ROLE, page, server.adult_role_id)
        yield text_part(f"-# {words('chat.setup.video.fixed')}")
    elif server.audience is not Audience.UNSAID:
        yield text_part(f"-# {words('chat.setup.video.text')}")
        yield Row(
            *(
                setup_button(
                    words(f"chat.setup.video.{video}"),
                    custom_ids.VIDEO,
                    server,
                    is_main=hides == server.hides_partner_video,
                    video=video,
                )
                for video, hides in (("shown", False), ("hidden", True))
            )
        )


def _place_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    server = page.server
    yield text_part(f"-# {words('chat.setup.channel.text')}")
    yield channel_row(words, "channel.choose", custom_ids.CHANNEL, page, server.channel_id, least=1)
    yield text_part(f"-# {words('chat.setup.staff.text')}")
    yield channel_row(words, "staff.choose", custom_ids.STAFF_CHANNEL, page, server.staff_channel_id, least=0)


def _people_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    server = page.server
    yield text_part(f"-# {words('chat.setup.role.text')}")
    yield role_row(words, "role.choose", custom_ids.ROLE, page, server.role_id)
    yield text_part(f"-# {words('chat.setup.readers.text')}")
    yield role_row(words, "readers.choose", custom_ids.READER_ROLE, page, server.reader_role_id)
    yield text_part(f"-# {words('chat.setup.gate.text')}")
    options = [
        discord.SelectOption(
            label=words(f"chat.setup.gate.{gate}"),
            description=gate_text(words, gate),
            value=gate,
            default=gate == server.gate,
        )
        for gate in (Gate.CAREFUL, Gate.OPEN, Gate.STRICT)
    ]
    yield Row(
        discord.ui.Select(
            custom_id=setup_id(custom_ids.GATE, server), placeholder=words("chat.setup.gate.choose"), options=options
        )
    )


def _topic_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    yield text_part(f"-# {words('chat.setup.topics.hint')}")
    yield from draft_parts(words, page)
    yield topics_part(words, page.server)


def _look_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    """The panel and the rules as members see them: in the server's language, which is that of `words` perhaps."""
    server = page.server
    panel = panel_card(words, server_id=server.server_id, text=server.panel_text)
    quoted = "\n".join(f"> {line}" for line in (f"**{panel.title}**", *panel.text.splitlines(), panel.small))
    yield text_part(f"{words('chat.setup.look.panel')}\n{quoted}")
    yield text_part(f"{words('chat.setup.look.rules')}\n{numbered_rules(words, server)}")
    yield Row(
        publish_button(words, page),
        setup_button(words("chat.setup.look.change_panel"), custom_ids.PANEL_TEXT, server),
        setup_button(words("chat.setup.look.change_rules"), custom_ids.RULES, server),
    )


def _trial_parts(words: Words, page: SetupPage) -> Iterator[Item]:
    yield text_part(words("chat.setup.trial.text"))
    if page.trial:
        yield text_part(f"-# {trial_line(words, page.trial)}")
    label = words("chat.setup.trial.send")
    yield Row(setup_button(label, custom_ids.SEND_TEST_LINKS, page.server, is_main=page.trial is None))


def gate_text(words: Words, gate: Gate) -> str:
    """What a gate asks of newcomers."""
    terms = GATES[gate]
    return words(f"chat.setup.gate.{gate}_text", account=terms.account_age // _DAY, membership=terms.membership // _DAY)


_PARTS: Final[Mapping[Step, Parts]] = MappingProxyType(
    {
        Step.AUDIENCE: _audience_parts,
        Step.PLACES: _place_parts,
        Step.PEOPLE: _people_parts,
        Step.TOPICS: _topic_parts,
        Step.LOOK: _look_parts,
        Step.TRIAL: _trial_parts,
    }
)
