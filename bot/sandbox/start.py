"""Assembles and starts everything that the sandbox consists of, and stops it in the opposite order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from bot.process import CannotStart
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.example_world import ExampleWorld
from bot.sandbox.livekit_server import DEFAULT_PORTS, LiveKitPorts
from bot.sandbox.loopback import LOOPBACK
from bot.sandbox.page_snapshot import PageSnapshot
from bot.sandbox.running_parts import BOT_PARTS, WEB_PARTS, RunningParts
from bot.sandbox.sandbox import Addresses, Sandbox
from bot.sandbox.settings import Ports, Secrets, make_settings
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.store_watch import StoreWatch
from bot.sandbox.video import choose_video

PAGE_SHUTDOWN_TIMEOUT_S = 0.5


@asynccontextmanager
async def running_sandbox(
    *,
    ports: Ports,
    secrets: Secrets,
    students: int,
    environment: Mapping[str, str],
    clock: ShiftedClock,
    report_progress: Callable[[str], None],
    video_ports: LiveKitPorts = DEFAULT_PORTS,
) -> AsyncIterator[Sandbox]:
    """Run a sandbox with a new store for as long as the block lasts. Raises CannotStart.

    `environment` may name a LiveKit server (LIVEKIT_URL and its keys). `report_progress` is called with a line of text
    before each step that takes long. `video_ports`: for a LiveKit server of our own.
    """
    async with AsyncExitStack() as stack:
        fake_discord = FakeDiscord(clock=clock, token=secrets.token)
        example = ExampleWorld.create(fake_discord, students=students)
        api_base = await fake_discord.start(ports.discord)
        stack.push_async_callback(fake_discord.stop)
        webhook_url = f"http://{LOOPBACK}:{ports.web}/livekit/webhook"
        video = await choose_video(
            environment=environment,
            webhook_url=webhook_url,
            clock=clock,
            report_progress=report_progress,
            ports=video_ports,
        )
        stack.push_async_callback(video.close)
        database = stack.enter_context(_temporary_folder()) / "store.db"
        settings = make_settings(
            ports=ports,
            secrets=secrets,
            api_base=api_base,
            database=database,
            video=video.settings,
            safety_contact=example.operator_id,
        )
        await example.set_up_bot(settings)
        origin, web_url = f"http://localhost:{ports.sandbox}", settings.web.public_url
        bot_parts, web_parts = (
            RunningParts(settings, parts, clock=clock, chat_url=f"{origin}/channels")
            for parts in (BOT_PARTS, WEB_PARTS)
        )
        sandbox = Sandbox(
            world=example.world,
            video=video,
            bot=bot_parts,
            web=web_parts,
            addresses=Addresses(sandbox=f"{origin}/", web=web_url, discord_api=api_base, livekit=video.url),
            snapshot=PageSnapshot(example.world, web_url=web_url),
            clock=clock,
            store_watch=StoreWatch(settings, example.world, clock),
        )
        await _start_sandbox(sandbox, ports, stack)
        yield sandbox


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    try:
        made = TemporaryDirectory(prefix="heybuddy-sandbox-")
    except OSError as error:
        raise CannotStart(f"The sandbox has no temporary folder for its store: {error.strerror}.") from error
    with made as folder:
        yield Path(folder)


async def _start_sandbox(sandbox: Sandbox, ports: Ports, stack: AsyncExitStack) -> None:
    """Serve the page before the parts start, because it shows their progress."""
    runner = web.AppRunner(sandbox.create_page_app(), access_log=None, shutdown_timeout=PAGE_SHUTDOWN_TIMEOUT_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, LOOPBACK, ports.sandbox).start()
    except OSError as error:
        raise CannotStart(f"Nothing can listen at {LOOPBACK}:{ports.sandbox} ({error.strerror}).") from error
    for background in (sandbox.publish_changes(), sandbox.poll_web_readiness(), sandbox.watch_store()):
        stack.push_async_callback(_cancel_task, asyncio.create_task(background))
    stack.push_async_callback(sandbox.stop)
    await sandbox.start()


async def _cancel_task(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
