"""Everything the sandbox consists of, made and started in order, ended in the opposite one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from bot.clock import Clock
from bot.config import Settings
from bot.process import CannotStart
from bot.sandbox.discord.world import World
from bot.sandbox.livekit_binary import Say
from bot.sandbox.parts import BOT, PAGE, RunningParts
from bot.sandbox.sandbox import Addresses, Sandbox
from bot.sandbox.settings import HOST, Ports, Secrets, make_settings
from bot.sandbox.site_view import View
from bot.sandbox.study_hall import StudyHall, furnish, set_up
from bot.sandbox.video import find_video
from bot.store import StoreError, open_store

PAGES_LEAVE_WITHIN = 0.5  # seconds, at the end


@asynccontextmanager
async def running(
    *, ports: Ports, secrets: Secrets, students: int, environment: Mapping[str, str], clock: Clock, say: Say
) -> AsyncIterator[Sandbox]:
    """A sandbox that is up, for as long as the block lasts; its store lasts as long. Raises CannotStart.

    `environment` may name a LiveKit server; `say` hears what takes long.
    """
    async with AsyncExitStack() as stack:
        world = World(clock=clock, token=secrets.token)
        hall = furnish(world, students=students)
        api_base = await world.start(ports.discord)
        stack.push_async_callback(world.stop)
        webhook_url = f"http://{HOST}:{ports.web}/livekit/webhook"
        video = await find_video(environment=environment, webhook_url=webhook_url, clock=clock, say=say)
        stack.push_async_callback(video.close)
        database = Path(stack.enter_context(TemporaryDirectory(prefix="heybuddy-sandbox-"))) / "store.db"
        settings = make_settings(
            ports=ports, secrets=secrets, api_base=api_base, database=database, video=video.settings
        )
        await _set_up(world, hall, settings)
        home = f"http://localhost:{ports.sandbox}"
        bot, page = (RunningParts(settings, parts, clock=clock, chat_url=f"{home}/channels") for parts in (BOT, PAGE))
        sandbox = Sandbox(
            world=world,
            video=video,
            bot=bot,
            page=page,
            addresses=Addresses(
                sandbox=f"{home}/", web=settings.web.public_url, discord_api=api_base, livekit=video.url
            ),
            view=View(world, channels=hall.channels, web=settings.web.public_url),
        )
        await _serve(sandbox, ports, stack)
        yield sandbox


async def _set_up(world: World, hall: StudyHall, settings: Settings) -> None:
    try:
        async with open_store(settings.store.database) as store:
            await set_up(world, hall, store)
    except StoreError as broken:
        raise CannotStart(f"The sandbox's store cannot be written: {broken}") from broken


async def _serve(sandbox: Sandbox, ports: Ports, stack: AsyncExitStack) -> None:
    """The page to act with first: it shows how the rest comes up."""
    runner = web.AppRunner(sandbox.site(), access_log=None, shutdown_timeout=PAGES_LEAVE_WITHIN)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, HOST, ports.sandbox).start()
    except OSError as refused:
        raise CannotStart(f"Nothing can listen at {HOST}:{ports.sandbox} ({refused.strerror}).") from refused
    for watching in (sandbox.watch(), sandbox.ask_page()):
        stack.push_async_callback(_end, asyncio.create_task(watching))
    stack.push_async_callback(sandbox.stop)
    await sandbox.start()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
