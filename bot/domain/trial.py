"""A trial: an admin tries the way into a room with two links, and meets themselves. How far it has come, in steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.agreement import Agreement
from bot.domain.match import MINUTE
from bot.domain.room import SEATS_PER_ROOM
from bot.domain.ticket import Camera, Style

TRIAL_LASTS = timedelta(minutes=10)
"""A trial ends so long after it began, whatever has come of it."""
TRIALS_AN_HOUR = 8
"""So many trials can begin within `TRIALS_WINDOW`, of one member and in one server: their rooms are open to any two."""
TRIALS_WINDOW = timedelta(hours=1)
STEP_MISSING_AFTER = timedelta(seconds=45)
"""A step that has not been done so long after the one before may need help."""


class TrialStart(StrEnum):
    """What has come of beginning a trial."""

    BEGUN = "begun"
    BUSY = "busy"  # the member waits for a partner, or has one
    BANNED = "banned"
    TOO_MANY = "too_many"  # `TRIALS_AN_HOUR` began lately


class TrialStep(StrEnum):
    """What has to be seen in a trial, in the order in which it happens; each for both links."""

    MESSAGES = "messages"  # Discord has taken the links
    PAGE = "page"  # a browser has loaded the page of the link
    LINKS = "links"  # it has redeemed the link
    VIDEO = "video"  # it is in the room; both have been at once


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialLink:
    """What has become of one of the two links. `is_direct`: it came as a direct message.

    `failure`: why its message has reached nobody, "" if it has or is still on its way.
    """

    delivered_at: datetime | None = None
    is_direct: bool = True
    opened_at: datetime | None = None
    redeemed_at: datetime | None = None
    entered_at: datetime | None = None
    failure: str = ""

    def done_at(self, step: TrialStep) -> datetime | None:
        """When this link was so far, or None."""
        match step:
            case TrialStep.MESSAGES:
                return self.delivered_at
            case TrialStep.PAGE:
                return self.opened_at or self.redeemed_at
            case TrialStep.LINKS:
                return self.redeemed_at
            case TrialStep.VIDEO:
                return self.entered_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A trial as it is now, or as it ended. `met_at`: both were first in the room together."""

    id: str
    started_at: datetime
    met_at: datetime | None
    ended_at: datetime | None
    links: tuple[TrialLink, ...]

    def count_done(self, step: TrialStep) -> int:
        """With how many of the two links a step was done."""
        return sum(link.done_at(step) is not None for link in self.links)

    def is_done(self, step: TrialStep) -> bool:
        """Whether a step was done with both links; video only if they were in the room at once."""
        return self.met_at is not None if step is TrialStep.VIDEO else self.count_done(step) == SEATS_PER_ROOM

    @property
    def steps_done(self) -> int:
        """How many of the steps were done."""
        return sum(map(self.is_done, TrialStep))

    @property
    def missing_step(self) -> TrialStep | None:
        """The first step that was not done, None if all were."""
        return next((step for step in TrialStep if not self.is_done(step)), None)

    @property
    def help_at(self) -> datetime:
        """From when on the missing step may need help."""
        times = (link.done_at(step) for link in self.links for step in TrialStep)
        return max((self.started_at, *filter(None, times))) + STEP_MISSING_AFTER


def next_trial_at(latest: Sequence[datetime]) -> datetime | None:
    """From when on another trial can begin; `latest` has when others began within `TRIALS_WINDOW`, newest first.

    None if it can at once.
    """
    return latest[TRIALS_AN_HOUR - 1] + TRIALS_WINDOW if len(latest) >= TRIALS_AN_HOUR else None


def trial_agreement(language: str) -> Agreement:
    """The terms of a trial: nothing but its length, and the language of the admin."""
    return Agreement(subject="", length=TRIAL_LASTS // MINUTE, language=language, style=Style.ANY, camera=Camera.ANY)
