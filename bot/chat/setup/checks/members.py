"""What keeps members from the button and the commands, and staff's channel from being private."""

from collections.abc import Iterator

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.permissions import permissions_of_role
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.checks.snapshot import ChannelSnapshot
from bot.chat.setup.steps import Step
from bot.domain.server import pools_are_separated


def check_members_access(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether those who may be matched see the study channel, and may use commands there."""
    channel = facts.study_channel
    if channel is None or channel.is_hidden or not channel.is_text:
        return
    for role_id in _roles_of_members(facts):
        allowed = permissions_of_role(facts.guild, role_id, channel)
        values = {"channel": channel.mention, "role": facts.guild.mention_of(role_id)}
        if not allowed.view_channel:
            yield SetupProblem(code="members_see", step=Step.PLACES, stops=False, values=values)
        elif not allowed.use_application_commands:
            yield SetupProblem(code="members_commands", step=Step.PLACES, stops=False, values=values)
    if facts.commands_are_off:
        yield SetupProblem(code="commands_off", step=Step.PLACES, stops=False)


def check_privacy_of_reports(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether the staff channel is closed to members. Reports must not go to one that is not."""
    channel = facts.staff_channel
    if channel is None or channel.is_hidden:
        return
    readers = [each for each in (facts.guild.server_id, *_roles_of_members(facts)) if _may_read(facts, each, channel)]
    if readers and channel.channel_id != facts.server.channel_id:
        values = {"channel": channel.mention, "role": facts.guild.mention_of(readers[0])}
        yield SetupProblem(code="staff_public", step=Step.PLACES, values=values)
    elif channel.channel_id == facts.server.channel_id:
        yield SetupProblem(code="staff_same", step=Step.PLACES, values={"channel": channel.mention})


def _may_read(facts: CheckFacts, role_id: int, channel: ChannelSnapshot) -> bool:
    """Readers of reports are meant to."""
    return role_id != facts.server.reader_role_id and (permissions_of_role(facts.guild, role_id, channel).view_channel)


def _roles_of_members(facts: CheckFacts) -> Iterator[int]:
    """The roles that exist of those who may be matched: the required one, or else that of everybody; the age roles."""
    server, everybody = facts.server, facts.guild.server_id
    chosen = [everybody if server.role_id is None else server.role_id]
    if pools_are_separated(server):
        chosen += [each for each in (server.minor_role_id, server.adult_role_id) if each is not None]
    return (role_id for role_id in dict.fromkeys(chosen) if role_id in facts.guild.roles)
