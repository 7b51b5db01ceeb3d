"""A sandbox configured with a LiveKit server that does not exist, so that it starts in a third of a second."""

from contextlib import AbstractAsyncContextManager

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox

ELSEWHERE = {
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "sandbox",
    "LIVEKIT_API_SECRET": "only for tests, and long enough for them",
}


def sandbox_without_video(students: int = 3) -> AbstractAsyncContextManager[Sandbox]:
    """Run everything but video on free ports, for as long as the block lasts."""
    clock = ShiftedClock()
    return running_sandbox(
        ports=choose_ports(0),
        secrets=Secrets.generate(clock),
        students=students,
        environment=ELSEWHERE,
        clock=clock,
        report_progress=lambda _: None,
    )
