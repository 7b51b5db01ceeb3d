"""All that is known of a server when it is checked. What could not be asked counts as fine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.setup.checks.snapshot import ChannelSnapshot, GuildSnapshot
from bot.domain.server import Server
from bot.domain.trial import Trial
from bot.store.setup_figures import SetupFigures


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffPosts:
    """The posts in the channel for reports: since when Discord refuses them, and how many reports wait unseen."""

    refused_since: datetime | None = None
    waiting_reports: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorFacts:
    """What only the operator can mend. `has_contact`: there is a safety contact; None if that is not known.

    `refused_link` is the address whose links Discord refuses, "" if it takes them.
    """

    has_contact: bool | None = None
    commands_are_old: bool = False
    video_is_down: bool = False
    refused_link: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckFacts:
    """A server's settings, the server itself, and the answers to questions about it.

    `role_members`: how many members each role has, empty if that is not known; `counts_are_refused`: because Discord
    refuses to tell. `commands_are_off`: the commands are switched off for members in the server's settings. `figures`:
    what has happened there lately. `trial`: the last one.
    """

    server: Server
    guild: GuildSnapshot
    role_members: Mapping[int, int] = field(default_factory=dict)
    counts_are_refused: bool = False
    panel_is_gone: bool = False
    commands_are_off: bool = False
    figures: SetupFigures = field(default_factory=SetupFigures)
    staff_posts: StaffPosts = field(default_factory=StaffPosts)
    operator: OperatorFacts = field(default_factory=OperatorFacts)
    trial: Trial | None = None

    @property
    def study_channel(self) -> ChannelSnapshot | None:
        """The channel of the panel, None if there is none."""
        return self.guild.channels.get(self.server.channel_id or 0)

    @property
    def staff_channel(self) -> ChannelSnapshot | None:
        """The channel that is told of reports, None if there is none."""
        return self.guild.channels.get(self.server.staff_channel_id or 0)
