"""Which LiveKit server the sandbox takes."""

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox import video
from bot.sandbox.livekit_binary import LiveKitUnavailable, ReportProgress
from bot.sandbox.part_status import State
from bot.sandbox.video import choose_video
from tests.sandbox.sandbox_without_video import ELSEWHERE


async def test_configured() -> None:
    """The one of the environment is taken as it is; nothing is started."""
    found = await choose_video(
        environment=ELSEWHERE, webhook_url="", clock=SystemClock(), report_progress=lambda _: None
    )
    assert (found.url, found.server, found.status.text) == ("ws://127.0.0.1:9", None, "LiveKit at 127.0.0.1")


async def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be had everything else goes on, and the light says so."""

    async def nowhere(report_progress: ReportProgress) -> Path:
        raise LiveKitUnavailable("There is no Go.")

    monkeypatch.setattr(video, "find_or_build", nowhere)
    found = await choose_video(environment={}, webhook_url="", clock=SystemClock(), report_progress=lambda _: None)
    assert (found.url, dict(found.settings), found.status.state) == (None, {}, State.BAD)
