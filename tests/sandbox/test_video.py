"""Which LiveKit server the sandbox chooses."""

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox import video
from bot.sandbox.livekit_binary import LiveKitUnavailable, ReportProgress
from bot.sandbox.livekit_server import ANY_PORTS
from bot.sandbox.part_status import State
from bot.sandbox.video import choose_video
from tests.sandbox.sandbox_without_video import ELSEWHERE


async def test_configured() -> None:
    """A server configured in the environment is used as it is; none is started."""
    video_choice = await choose_video(
        environment=ELSEWHERE, webhook_url="", clock=SystemClock(), report_progress=lambda _: None, ports=ANY_PORTS
    )
    assert (video_choice.url, video_choice.server, video_choice.status.text) == (
        "ws://127.0.0.1:9",
        None,
        "LiveKit at ws://127.0.0.1:9",
    )


async def test_without_video(monkeypatch: pytest.MonkeyPatch) -> None:
    """If none can be built the sandbox goes on without video, and the status says so."""

    async def fail_to_build(report_progress: ReportProgress) -> Path:
        raise LiveKitUnavailable("There's no Go.")

    monkeypatch.setattr(video, "find_or_build", fail_to_build)
    video_choice = await choose_video(
        environment={}, webhook_url="", clock=SystemClock(), report_progress=lambda _: None, ports=ANY_PORTS
    )
    assert (video_choice.url, dict(video_choice.settings), video_choice.status.state) == (None, {}, State.BAD)
