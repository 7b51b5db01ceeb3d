"""How pairing stands in a server, in one line, and whether its panel can be posted."""

from collections.abc import Sequence

from bot.chat.setup.checks.problem import PANEL_GONE, ROLE_GONE, SetupProblem, has_problem
from bot.domain.server import Closed, Server, why_closed
from bot.words import Words


def state_line(words: Words, server: Server, problems: Sequence[SetupProblem]) -> str:
    """One line: pairing is on, is paused, or what is still missing."""
    key = _state_key(server, problems)
    light = "🟢" if key in {"on", "on_but"} else "🟠"  # green: members can be matched, and find the button
    return f"{light} {words(f'chat.setup.state.{key}', channel=f'<#{server.channel_id}>')}"


def may_publish_panel(server: Server, problems: Sequence[SetupProblem]) -> bool:
    """Whether the panel can be posted: all that must be answered is, and no problem prevents it."""
    return can_be_paused(server) and not any(problem.stops for problem in problems)


def can_be_paused(server: Server) -> bool:
    """Whether nothing but a pause keeps members from being matched."""
    return why_closed(server) in {None, Closed.PAUSED}


def _state_key(server: Server, problems: Sequence[SetupProblem]) -> str:
    match why_closed(server):
        case None:
            return _open_state_key(server, problems)
        case Closed.NOT_SET_UP | Closed.BOT_REMOVED:
            return "unsaid"
        case reason:
            return reason


def _open_state_key(server: Server, problems: Sequence[SetupProblem]) -> str:
    if server.panel_message_id is None:
        return "no_panel" if may_publish_panel(server, problems) else "no_panel_but"
    if has_problem(problems, ROLE_GONE):
        return "nobody"
    if any(problem.stops for problem in problems):
        return "on_blocked"
    if has_problem(problems, PANEL_GONE):
        return "on_no_panel"
    return "on_but" if problems else "on"
