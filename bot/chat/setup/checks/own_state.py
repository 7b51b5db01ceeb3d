"""What the bot is and may in the server as a whole: a timeout, Administrator, and whether it hears of bans."""

from collections.abc import Iterator
from datetime import timedelta

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.permissions import is_administrator, own_permissions
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.steps import Step
from bot.chat.ui.text import date_and_time
from bot.domain.membership import FRESH_FOR_MATCH


def check_timeout(facts: CheckFacts) -> Iterator[SetupProblem]:
    """While it lasts no permission helps, so it hides what the channels lack."""
    until = facts.guild.me.timed_out_until
    if until is not None:
        yield SetupProblem(code="timed_out", step=Step.PLACES, values={"until": date_and_time(until)})


def check_own_permissions(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Administrator is more than we need; without bans a banned member stays for some minutes."""
    if is_administrator(facts.guild, facts.guild.me.role_ids):
        yield SetupProblem(code="administrator", step=Step.LOOK, stops=False)
        return
    allowed = own_permissions(facts.guild)
    if facts.guild.me.timed_out_until is None and not (allowed.view_audit_log or allowed.ban_members):
        values = {"minutes": str(int(FRESH_FOR_MATCH / timedelta(minutes=1)))}
        yield SetupProblem(code="bans_unheard", step=Step.LOOK, stops=False, values=values)
