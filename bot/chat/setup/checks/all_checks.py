"""Every check, in the order in which its problems are told."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.chat.setup.checks.channels import check_staff_channel, check_study_channel
from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.members import check_members_access, check_privacy_of_reports
from bot.chat.setup.checks.operation import check_figures, check_operation, check_staff_posts
from bot.chat.setup.checks.own_state import check_own_permissions, check_timeout
from bot.chat.setup.checks.problem import SetupProblem, most_important_first
from bot.chat.setup.checks.roles import check_age_roles, check_readers, check_required_role

Check = Callable[[CheckFacts], Iterator[SetupProblem]]

CHECKS: Final[tuple[Check, ...]] = (
    check_age_roles,
    check_required_role,
    check_readers,
    check_timeout,
    check_study_channel,
    check_staff_channel,
    check_privacy_of_reports,
    check_members_access,
    check_own_permissions,
    check_staff_posts,
    check_figures,
    check_operation,
)


def find_problems(facts: CheckFacts) -> Sequence[SetupProblem]:
    """What is wrong with a server's setup, what stops pairing first; empty if nothing is wrong."""
    return most_important_first([problem for check in CHECKS for problem in check(facts)])
