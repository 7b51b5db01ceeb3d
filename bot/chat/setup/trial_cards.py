"""How far a trial has come: the message with its four ticks, and the line in setup and check."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot.chat.discord_trouble import REFUSED_LINKS
from bot.chat.setup.checks.operator_texts import LINK_REFUSED, VIDEO_DOWN, sentence_for_admins
from bot.chat.ui.layout import Card
from bot.chat.ui.text import date_and_time, time_of_day
from bot.clock import Clock
from bot.domain.room import SEATS_PER_ROOM
from bot.domain.trial import TRIAL_LASTS, Trial, TrialStep
from bot.store.outbox import OutboxMessage
from bot.store.retention import KEPT_FOR
from bot.store.trials import Trials
from bot.words import Words

LOOK_AGAIN_IN: Final = timedelta(seconds=2)
"""While a trial goes on, its ticks are looked at so often."""
DONE, NOT_YET = "✅", "⬜"


class TrialCards:
    """Draws the message of a trial. `address` is that of the page; `is_video_down` is what processes say of video."""

    def __init__(
        self, *, trials: Trials, clock: Clock, address: str, is_video_down: Callable[[], Awaitable[bool]]
    ) -> None:
        self._trials = trials
        self._clock = clock
        self._address = address
        self._is_video_down = is_video_down

    async def progress_card(self, words: Words, message: OutboxMessage) -> Card:
        """The four steps with a tick for each that was done, and what to do about the first that is missing."""
        trial = await self._trials.find(message.match_id or "")
        if trial is None:
            return Card(title=words("chat.trial.progress.title_over"), text=words("chat.trial.progress.again"))
        lines = [_step_line(words, trial, step) for step in TrialStep]
        if trial.is_done(TrialStep.MESSAGES) and not all(link.is_direct for link in trial.links):
            lines.append(words("chat.trial.replies"))
        lines += [advice async for advice in self._advice(words, trial)]
        is_over = trial.ended_at is not None
        ends_at = time_of_day(trial.started_at + TRIAL_LASTS)
        return Card(
            title=words("chat.trial.progress.title_over" if is_over else "chat.trial.progress.title"),
            text="\n".join(lines),
            small="" if is_over else words("chat.trial.progress.ends", until=ends_at),
            changes_at=None if is_over else self._clock.now() + LOOK_AGAIN_IN,
        )

    async def _advice(self, words: Words, trial: Trial) -> AsyncIterator[str]:
        """What to do next; while the step that is missing may still come by itself, nothing."""
        missing = trial.missing_step
        if missing is None:
            yield words("chat.trial.progress.well")
            return
        if trial.ended_at is not None or self._clock.now() >= trial.help_at or _has_failed(trial):
            yield await self._help(words, trial, missing)
        if trial.ended_at is not None:
            yield words("chat.trial.progress.again")

    async def _help(self, words: Words, trial: Trial, missing: TrialStep) -> str:
        match missing:
            case TrialStep.MESSAGES:
                return self._help_with_messages(words, trial)
            case TrialStep.VIDEO if await self._is_video_down():
                return sentence_for_admins(words, VIDEO_DOWN)
            case TrialStep.PAGE | TrialStep.VIDEO if trial.count_done(missing):
                return words(f"chat.trial.help.{missing}_other")
        return words(f"chat.trial.help.{missing}", address=self._address)

    def _help_with_messages(self, words: Words, trial: Trial) -> str:
        if any(code in link.failure for link in trial.links for code in REFUSED_LINKS):
            return sentence_for_admins(words, LINK_REFUSED, address=self._address)
        return words(f"chat.trial.help.{'unreachable' if _has_failed(trial) else 'messages'}")


def trial_line(words: Words, trial: Trial | None) -> str:
    """How the last test in a server went, or that there was none as long as matches are kept."""
    if trial is None:
        return words("chat.setup.trial.never", days=KEPT_FOR["matches"].days)
    key = "running" if trial.ended_at is None else "over"
    when = date_and_time(trial.started_at)
    return words(f"chat.setup.trial.{key}", when=when, done=trial.steps_done, all=len(TrialStep))


def _step_line(words: Words, trial: Trial, step: TrialStep) -> str:
    text, count = words(f"chat.trial.step.{step}"), trial.count_done(step)
    if trial.is_done(step):
        return f"{DONE} {text}"
    if count:
        text = words("chat.trial.progress.so_far", step=text, count=count, all=SEATS_PER_ROOM)
    return f"{NOT_YET} {text}"


def _has_failed(trial: Trial) -> bool:
    return any(link.failure for link in trial.links)
