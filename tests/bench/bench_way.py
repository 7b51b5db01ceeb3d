"""The whole way, timed: from the second `/study now` to both messages, and from Join to the partner's first frame.

`python -m tests.bench.bench_way` prints medians over a few meetings, each beside a bare baseline in the same run: a
script that only sends the two messages to the same stand-in, and a page with nothing but livekit-client and a token.
"""

import asyncio
import json
import os
import statistics
import time

import discord
from livekit import api
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.clock import SystemClock
from bot.sandbox.discord.world import Person, World
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.start import running
from tests.browser.flow.conftest import FLAGS
from tests.sandbox.acting import Student
from tools import chromium
from tools.page import PAGE

MEETINGS = 5
MANIFEST = PAGE / "dist" / "manifest.json"
FIRST_FRAME = """() => new Promise((seen) => {
  const look = () => {
    const video = document.querySelector('[data-role="partner"]');
    if (video?.getVideoPlaybackQuality().totalVideoFrames) seen(performance.now());
    else setTimeout(look, 4);
  };
  look();
})"""
BARE_ROOM = """async ([kit, url, token, publishes]) => {
  const { Room } = await import(kit);
  const room = new Room({ adaptiveStream: true, dynacast: true });
  const video = document.createElement('video');
  video.autoplay = video.muted = true;
  document.body.append(video);
  room.on('trackSubscribed', (track) => track.kind === 'video' && track.attach(video));
  const stream = publishes && (await navigator.mediaDevices.getUserMedia({ video: true }));
  const began = performance.now();
  await room.connect(url, token);
  if (publishes) return room.localParticipant.publishTrack(stream.getTracks()[0]).then(() => 0);
  while (!video.getVideoPlaybackQuality().totalVideoFrames) await new Promise((on) => setTimeout(on, 4));
  return performance.now() - began;
}"""


async def main() -> None:
    """Measure and print."""
    clock = SystemClock()
    async with (
        running(
            ports=choose_ports(0),
            secrets=Secrets.fresh(clock),
            students=12,
            environment=os.environ,
            clock=clock,
            say=print,
        ) as sandbox,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        names = [person.name for person in sandbox.world.people.values() if not person.admin]
        messages, frames, bare = [], [], []
        for number in range(MEETINGS):
            one, other = (Student(sandbox, name) for name in names[2 * number : 2 * number + 2])
            messages.append(await until_both_messages(sandbox, one, other))
            frames.append(await until_first_frame(browser, one, other))
            bare.append(await bare_frame(sandbox, browser, number))
        sent = [await bare_messages(sandbox.world) for _ in range(MEETINGS)]
        await browser.close()
    show("second /study now → both messages", messages, "only sending the two", sent)
    show("Join → partner's first frame", frames, "only livekit-client and a token", bare)


def show(what: str, ours: list[float], against: str, bare: list[float]) -> None:
    """One row."""
    median, baseline = statistics.median(ours), statistics.median(bare)
    print(f"{what}: {1000 * median:.0f} ms; {against}: {1000 * baseline:.0f} ms; ratio {median / baseline:.2f}")  # noqa: T201 -- a bench speaks by printing


async def until_both_messages(sandbox: Sandbox, one: Student, other: Student) -> float:
    """Seconds from the second student's command until both direct messages are there."""
    await one.command("study now")
    began = time.perf_counter()
    await other.command("study now")
    await asyncio.gather(one.link(), other.link())
    return time.perf_counter() - began


async def bare_messages(world: World) -> float:
    """Seconds for a script that only sends two messages with discord.py's own client, channels known."""
    client = discord.Client(intents=discord.Intents.none())
    await client.login(world.token)
    people = [person for person in world.people.values() if not person.admin][-2:]
    channels = [client.get_partial_messageable(world.direct_channel(person)) for person in people]
    began = time.perf_counter()
    await asyncio.gather(*(channel.send("a link") for channel in channels))
    took = time.perf_counter() - began
    await client.close()
    return took


async def until_first_frame(browser: Browser, one: Student, other: Student) -> float:
    """Seconds from Join to the partner's first frame on our page."""
    contexts = [await browser.new_context() for _ in range(2)]
    waiting, coming = [
        await ready(context, await student.link(), student.person)
        for context, student in zip(contexts, (one, other), strict=True)
    ]
    await waiting.get_by_role("button", name="Join").click()
    await waiting.locator("body[data-state=room]").wait_for()
    await coming.bring_to_front()
    began: float = await coming.evaluate("performance.now()")
    join = coming.get_by_role("button", name="Join")
    seen, _ = await asyncio.gather(coming.evaluate(FIRST_FRAME), join.click())
    for context in contexts:
        await context.close()
    return (float(seen) - began) / 1000


async def ready(context: BrowserContext, link: str, person: Person) -> Page:
    """The page, with camera and microphone on and livekit-client fetched."""
    page = await context.new_page()
    await page.goto(link.replace("localhost", f"{person.name.lower()}.localhost"))
    for device in ("camera", "microphone"):
        await page.get_by_role("switch", name=f"Turn {device} on").click()
    await page.wait_for_timeout(1000)
    return page


async def bare_frame(sandbox: Sandbox, browser: Browser, number: int) -> float:
    """Seconds for a page with nothing but livekit-client and a token, in a room of its own, to see who is there."""
    server = sandbox.video.server
    if server is None:
        raise RuntimeError("there is no video to measure")
    room = f"bare {number}"
    async with api.LiveKitAPI(server.url.replace("ws", "http", 1), server.api_key, server.api_secret) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name=room))
    kit = next(name for name in json.loads(MANIFEST.read_text())["files"] if "livekit-" in name)
    took = 0.0
    contexts = [await browser.new_context() for _ in range(2)]
    for context, publishes in zip(contexts, (True, False), strict=True):
        page = await context.new_page()
        await page.goto(f"{sandbox.addresses.web}/j")
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(server.api_key, server.api_secret).with_identity(str(publishes)).with_grants(grants)
        took = await page.evaluate(BARE_ROOM, [kit, server.url, token.to_jwt(), publishes])
    for context in contexts:
        await context.close()
    return took / 1000


if __name__ == "__main__":
    asyncio.run(main())
