"""A sandbox with a real LiveKit server, on free ports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox
from tests.ports import free_livekit_ports


@asynccontextmanager
async def sandbox_with_video(students: int) -> AsyncIterator[Sandbox]:
    """Run everything for as long as the block lasts. Fails where there is no LiveKit server and none can be built."""
    clock = ShiftedClock()
    async with running_sandbox(
        ports=choose_ports(0),
        secrets=Secrets.generate(clock),
        students=students,
        environment={},
        clock=clock,
        report_progress=lambda _: None,
        video_ports=free_livekit_ports(),
    ) as sandbox:
        assert sandbox.video.server is not None, "these tests need real video"
        yield sandbox
