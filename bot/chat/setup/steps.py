"""The steps of setup, in the order of the wizard, and which of them a server's settings open."""

from enum import IntEnum

from bot.domain.server import Audience, Server


class Step(IntEnum):
    """What the card of setup shows: one step, or the overview of all answers."""

    OVERVIEW = 0
    AUDIENCE = 1
    PLACES = 2
    PEOPLE = 3
    TOPICS = 4
    LOOK = 5
    TRIAL = 6
    CHECK = 9  # what `/buddy check` shows; the numbers between are free for further steps


LAST = Step.TRIAL


def opening_step(server: Server) -> Step:
    """What `/buddy setup` opens: the first step whose question must be answered, or else the overview."""
    if server.audience is Audience.UNSAID:
        return Step.AUDIENCE
    return Step.PLACES if server.channel_id is None else Step.OVERVIEW


def is_set_up(server: Server) -> bool:
    """Whether the wizard has come to its end: members have a button."""
    return server.panel_message_id is not None


def step_or_overview(server: Server, step: Step) -> Step:
    """Where an admin goes on after an answer that both `step` and the overview offer; `server` is as it was before."""
    return Step.OVERVIEW if is_set_up(server) else step
