"""What happened lately, and what only the operator can mend."""

from collections.abc import Iterator

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.operator_texts import COMMANDS_OLD, LINK_REFUSED, NO_CONTACT, VIDEO_DOWN
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.steps import Step
from bot.chat.ui.text import date_and_time
from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.server import pools_are_separated
from bot.store.setup_figures import LOOKS_BACK

TENTHS = 10
MIN_LINKS = 10  # fewer say nothing about a share
MOST_NOT_DIRECT = 3  # of ten links
MIN_SEARCHES = 3  # fewer say nothing about a pool


def check_figures(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Members without an age role, pools in which two never waited at once, links that could not be sent directly."""
    figures = facts.figures
    if pools_are_separated(facts.server) and figures.without_age_role:
        values = {"count": str(figures.without_age_role)}
        yield SetupProblem(code="no_age_role", step=Step.AUDIENCE, stops=False, values=values)
    for group in (None, AgeGroup.MINOR, AgeGroup.ADULT):
        searches = figures.lonely_searches.get(pool_of(facts.server.server_id, group), 0)
        if searches >= MIN_SEARCHES:
            values = {"count": str(searches), "days": str(LOOKS_BACK.days)}
            yield SetupProblem(code=f"thin.{group or 'all'}", step=Step.LOOK, stops=False, values=values)
    if figures.links >= MIN_LINKS:
        tenths = round(TENTHS * figures.links_not_direct / figures.links)
        if tenths > MOST_NOT_DIRECT:
            values = {"count": str(tenths), "of": str(TENTHS)}
            yield SetupProblem(code="direct_messages", step=Step.LOOK, stops=False, values=values)


def check_staff_posts(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether Discord took what was last posted for staff."""
    since, channel = facts.staff_posts.refused_since, facts.staff_channel
    if since is not None and channel is not None:
        values = {
            "channel": channel.mention,
            "since": date_and_time(since),
            "count": str(facts.staff_posts.waiting_reports),
        }
        yield SetupProblem(code="staff_refused", step=Step.PLACES, stops=False, values=values)


def check_operation(facts: CheckFacts) -> Iterator[SetupProblem]:
    """What the operator has to do; `heybuddy check` tells them so in the same words."""
    operator = facts.operator
    if operator.has_contact is False:
        yield SetupProblem(code=NO_CONTACT, step=Step.LOOK, stops=False)
    if operator.commands_are_old:
        yield SetupProblem(code=COMMANDS_OLD, step=Step.LOOK, stops=False)
    if operator.video_is_down:
        yield SetupProblem(code=VIDEO_DOWN, step=Step.LOOK, stops=False)
    if operator.refused_link:
        values = {"address": operator.refused_link}
        yield SetupProblem(code=LINK_REFUSED, step=Step.LOOK, stops=False, values=values)
