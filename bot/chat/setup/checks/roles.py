"""What is wrong with the roles: gone, without members, chosen by members themselves, or with too few readers."""

from collections.abc import Iterator
from typing import Final

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.operator_texts import MINORS_NOT_ALLOWED
from bot.chat.setup.checks.problem import AGE_ROLE_GONE, READER_GONE, ROLE_GONE, SetupProblem
from bot.chat.setup.steps import Step
from bot.domain.server import Closed, Server, lacks_required_role, pools_are_separated, why_closed

READERS_WANTED: Final = 2
"""So that a report about one of them still has a reader."""


def check_required_role(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Without its role nobody can be matched, whatever else is right; a gate may require one."""
    role_id, gate = facts.server.role_id, facts.server.gate
    if role_id is not None and role_id not in facts.guild.roles:
        yield SetupProblem(code=ROLE_GONE, step=Step.PEOPLE)
    if gate is None:
        yield SetupProblem(code="gate_unsaid", step=Step.PEOPLE, stops=False)
    elif lacks_required_role(facts.server):
        yield SetupProblem(code="gate_needs_role", step=Step.PEOPLE)


def check_age_roles(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Where some are under 18: the roles that keep them apart exist, differ, and have members."""
    if not pools_are_separated(facts.server):
        return
    if why_closed(facts.server) is Closed.MINORS_NOT_ALLOWED:
        yield SetupProblem(code=MINORS_NOT_ALLOWED, step=Step.AUDIENCE)
    chosen = _age_roles(facts.server)
    if None in chosen:
        yield SetupProblem(code="age_roles_missing", step=Step.AUDIENCE)
    elif len({*chosen}) < len(chosen):
        yield SetupProblem(code="age_roles_equal", step=Step.AUDIENCE)
    for role_id in dict.fromkeys(role_id for role_id in chosen if role_id is not None):
        yield from _problems_of_age_role(facts, role_id)


def check_readers(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether reports have a reader. Where no role is chosen, those who manage the server read them, uncounted."""
    role_id = facts.server.reader_role_id
    if role_id is None:
        if pools_are_separated(facts.server):
            yield SetupProblem(code="reader_missing", step=Step.PEOPLE)
        return
    if role_id not in facts.guild.roles:
        yield SetupProblem(code=READER_GONE, step=Step.PEOPLE)
        return
    values = {"role": facts.guild.mention_of(role_id)}
    match facts.role_members.get(role_id):
        case 0:
            yield SetupProblem(code="reader_nobody", step=Step.PEOPLE, values=values)
        case 1:
            yield SetupProblem(code="reader_one", step=Step.PEOPLE, stops=False, values=values)
        case None if facts.counts_are_refused:
            known = facts.figures.known_readers
            if known is not None and known < READERS_WANTED:
                values["count"] = str(known)
                yield SetupProblem(code="reader_uncounted", step=Step.PEOPLE, stops=False, values=values)


def _problems_of_age_role(facts: CheckFacts, role_id: int) -> Iterator[SetupProblem]:
    role = facts.guild.roles.get(role_id)
    if role is None or role_id == facts.guild.server_id:
        yield SetupProblem(code=AGE_ROLE_GONE, step=Step.AUDIENCE)
        return
    values = {"role": facts.guild.mention_of(role_id)}
    if role.is_self_picked:
        yield SetupProblem(code="age_role_picked", step=Step.AUDIENCE, stops=False, values=values)
    if facts.role_members.get(role_id) == 0:
        yield SetupProblem(code="age_role_nobody", step=Step.AUDIENCE, stops=False, values=values)


def _age_roles(server: Server) -> tuple[int | None, int | None]:
    return server.minor_role_id, server.adult_role_id
