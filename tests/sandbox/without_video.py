"""A sandbox whose LiveKit server is said to be elsewhere, and is not: up in a third of a second."""

from contextlib import AbstractAsyncContextManager

from bot.clock import SystemClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.start import running

ELSEWHERE = {
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "sandbox",
    "LIVEKIT_API_SECRET": "only for tests, and long enough for them",
}


def without_video(students: int = 3) -> AbstractAsyncContextManager[Sandbox]:
    """Everything but video, on free ports."""
    clock = SystemClock()
    return running(
        ports=choose_ports(0),
        secrets=Secrets.fresh(clock),
        students=students,
        environment=ELSEWHERE,
        clock=clock,
        say=lambda _: None,
    )
