"""What is wrong with the study channel and with the staff channel: gone, of another kind, or closed to us."""

from collections.abc import Iterator

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.permissions import deciding_overwrite, own_permissions
from bot.chat.setup.checks.problem import CHANNEL_GONE, PANEL_GONE, STAFF_CHANNEL_GONE, SetupProblem
from bot.chat.setup.checks.snapshot import ChannelSnapshot, GuildSnapshot
from bot.chat.setup.steps import Step
from bot.domain.server import pools_are_separated

NEEDED_PERMISSIONS = ("view_channel", "send_messages", "read_message_history")
NEEDED_TO_TELL = ("view_channel", "send_messages")
NICE_TO_HAVE = ("embed_links", "attach_files")


def check_study_channel(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether the panel can be posted there, found again, and seen by members under 18."""
    if facts.server.channel_id is None or facts.guild.me.timed_out_until is not None:
        return
    channel = facts.study_channel
    if channel is None:
        yield SetupProblem(code=CHANNEL_GONE, step=Step.PLACES)
        return
    yield from _own_problems(facts.guild, channel, NEEDED_PERMISSIONS, stops=True)
    if facts.panel_is_gone:
        yield SetupProblem(code=PANEL_GONE, step=Step.LOOK, stops=False, values={"channel": channel.mention})
    if channel.is_age_restricted and pools_are_separated(facts.server):
        yield SetupProblem(code="age_restricted", step=Step.PLACES, values={"channel": channel.mention})


def check_staff_channel(facts: CheckFacts) -> Iterator[SetupProblem]:
    """Whether staff can be told there. Reports wait elsewhere if not, so this stops nothing."""
    if facts.server.staff_channel_id is None or facts.guild.me.timed_out_until is not None:
        return
    channel = facts.staff_channel
    if channel is None:
        yield SetupProblem(code=STAFF_CHANNEL_GONE, step=Step.PLACES, stops=False)
        return
    lacking = list(_own_problems(facts.guild, channel, NEEDED_TO_TELL, stops=False))
    yield from lacking or _own_problems(facts.guild, channel, NICE_TO_HAVE, stops=False)


def _own_problems(
    guild: GuildSnapshot, channel: ChannelSnapshot, permissions: tuple[str, ...], *, stops: bool
) -> Iterator[SetupProblem]:
    """The first permission that we lack there, since the others may follow from it."""
    values = {"channel": channel.mention}
    if channel.is_hidden:
        yield SetupProblem(
            code="view_channel",
            step=Step.PLACES,
            stops=stops,
            permission="view_channel",
            cause="hidden",
            values=values,
        )
        return
    if not channel.is_text:
        yield SetupProblem(code="type", step=Step.PLACES, stops=stops, values=values)
        return
    allowed = own_permissions(guild, channel)
    missing = next((each for each in permissions if not getattr(allowed, each)), None)
    if missing is not None:
        yield _missing_permission(guild, channel, missing, stops=stops)


def _missing_permission(
    guild: GuildSnapshot, channel: ChannelSnapshot, permission: str, *, stops: bool
) -> SetupProblem:
    denying = deciding_overwrite(guild, channel, permission)
    cause = "server" if denying is None else "category" if channel.is_synced else "channel"
    values = {
        "channel": channel.mention,
        "who": "" if denying is None else guild.mention_of(denying),
        "category": channel.category,
    }
    return SetupProblem(
        code=permission, step=Step.PLACES, stops=stops, permission=permission, cause=cause, values=values
    )
