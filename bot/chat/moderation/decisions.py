"""What readers do with reports: each action with its sentence, done once or refused with a next step."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.chat.ui.notices import NotPossible
from bot.clock import Clock, new_id
from bot.domain.report import ReportSide
from bot.domain.report_reader import Reader
from bot.domain.verdict import AppealOutcome, Verdict
from bot.store.appeals import Appeals, OwnDecision
from bot.store.report_desk import ReportDesk

Step = Callable[[str, Reader, str, datetime], Awaitable[bool]]


class DeskDecisions:
    """Carries out what readers decide. All methods return the key of a note; they raise NotPossible."""

    def __init__(self, desk: ReportDesk, appeals: Appeals, clock: Clock) -> None:
        self._desk = desk
        self._appeals = appeals
        self._clock = clock
        self._steps: Mapping[str, Step] = {
            "ask": desk.ask_reporter,
            "hand_over": desk.hand_over,
            "renew_hold": desk.renew_hold,
            "end_hold": desk.end_hold,
        }

    async def decide(self, reader: Reader, report_id: str, verdict: Verdict) -> str:
        """Decide a report."""
        verdict_id, now = new_id(self._clock), self._clock.now()
        try:
            done = await self._desk.decide(report_id, reader, verdict, verdict_id=verdict_id, now=now)
        except ValueError as impossible:
            raise NotPossible("verdict") from impossible
        if not done:
            raise NotPossible("report_changed")
        return f"decided_{verdict.decision}"

    async def do_step(self, reader: Reader, report_id: str, step: str, sentence: str) -> str:
        """Ask the reporter, hand the report over, renew its hold or end it; the sentence says what or why."""
        if not sentence:
            raise NotPossible("verdict")
        if not await self._steps[step](report_id, reader, sentence, self._clock.now()):
            raise NotPossible("report_changed")
        return step

    async def decide_appeal(
        self, reader: Reader, report_id: str, side: ReportSide, outcome: AppealOutcome, sentence: str
    ) -> str:
        """Decide what a second look comes to. Who has decided the report can do so only if nobody else reads it."""
        if not sentence:
            raise NotPossible("verdict")
        now = self._clock.now()
        try:
            done = await self._appeals.decide(report_id, side, reader, outcome, sentence=sentence, now=now)
        except OwnDecision as own:
            raise NotPossible("own_decision") from own
        except ValueError as impossible:
            raise NotPossible("verdict") from impossible
        if not done:
            raise NotPossible("report_changed")
        return f"appeal_{outcome}"
