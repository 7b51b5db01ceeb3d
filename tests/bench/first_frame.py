"""Join → the partner's first frame on our page, and the same on a page with nothing but livekit-client and a token.

Both sides are alike: the same cameras and settings, a partner who has been publishing for two seconds, a cold page.
"""

import asyncio
import json

from livekit import api
from playwright.async_api import Browser, BrowserContext, Page

from bot.domain.room import SEATS_PER_ROOM
from bot.sandbox.livekit_server import LiveKitServer
from tests.sandbox.student import Student
from tools.page import PAGE

MANIFEST = PAGE / "dist" / "manifest.json"
SETTLED = 2000  # milliseconds for the partner to publish and livekit-client to load
DEVICES = ("camera", "microphone")
SIZE = {"width": 1280, "height": 800}
FIRST_FRAME = """() => new Promise((seen) => {
  const look = () => {
    const video = document.querySelector('[data-role="partner"]');
    if (!video?.closest('[inert]') && video?.getVideoPlaybackQuality().totalVideoFrames) seen(performance.now());
    else setTimeout(look, 4);
  };
  look();
})"""
PRESS_JOIN = "document.querySelector('[data-join]').click()"
BARE_READY = """async ([kit, devices]) => {
  document.body.replaceChildren();
  const video = document.createElement('video');
  video.autoplay = video.muted = true;
  video.style = 'width: 100%';
  video.dataset.role = 'partner';
  document.body.append(video);
  const { Room } = await import(kit);
  window.room = new Room({ adaptiveStream: true, dynacast: true });
  room.on('trackSubscribed', (track) => track.attach(track.kind === 'video' ? video : undefined));
  const picture = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  window.stream = devices && (await navigator.mediaDevices.getUserMedia({ audio: true, video: picture }));
}"""
BARE_JOIN = """async ([url, token]) => {
  const began = performance.now();
  await room.connect(url, token);
  for (const track of stream ? stream.getTracks() : []) room.localParticipant.publishTrack(track);
  return began;
}"""


async def ours(browser: Browser, one: Student, other: Student, *, devices: bool) -> float:
    """Seconds from Join to the partner's first frame on our page, with one's own devices on or off."""
    links = await invited(one, other)
    contexts = [await browser.new_context(viewport=SIZE) for _ in links]  # type: ignore[arg-type]  # Playwright's own
    waiting, coming = [
        await _ready(context, link, student.person.name, devices=on)
        for context, link, student, on in zip(contexts, links, (one, other), (True, devices), strict=True)
    ]
    await waiting.get_by_role("button", name="Join").click()
    await waiting.locator("body[data-state=room]").wait_for()
    await waiting.wait_for_timeout(SETTLED)
    await coming.bring_to_front()
    began: float = await coming.evaluate("performance.now()")
    seen, _ = await asyncio.gather(coming.evaluate(FIRST_FRAME), coming.evaluate(PRESS_JOIN))
    await _left(contexts, one, other)
    return (float(seen) - began) / 1000


async def invited(one: Student, other: Student) -> tuple[str, str]:
    """Match both and return their links."""
    before = [student.links() for student in (one, other)]
    await one.search()
    await other.search()
    return await one.link(other_than=before[0]), await other.link(other_than=before[1])


async def _ready(context: BrowserContext, link: str, name: str, *, devices: bool) -> Page:
    page = await context.new_page()
    await page.goto(link.replace("localhost", f"{name.lower()}.localhost"))
    for device in DEVICES if devices else ():
        await page.get_by_role("switch", name=f"Turn {device} on").click()
    await page.wait_for_timeout(SETTLED)
    return page


async def _left(contexts: list[BrowserContext], *students: Student) -> None:
    for context in contexts:
        await context.close()
    for student in students:
        await student.command("study leave")


async def bare(server: LiveKitServer, browser: Browser, address: str, *, number: int, devices: bool) -> float:
    """Seconds for a page with nothing but livekit-client and a token, in a room of its own, to see who is there."""
    room = f"bare {number} {devices}"
    async with api.LiveKitAPI(server.url.replace("ws", "http", 1), server.api_key, server.api_secret) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name=room, max_participants=SEATS_PER_ROOM))
    kit = next(name for name in json.loads(MANIFEST.read_text())["files"] if "livekit-" in name)
    contexts = [await browser.new_context(viewport=SIZE) for _ in range(2)]  # type: ignore[arg-type]  # Playwright's own
    waiting, coming = [await context.new_page() for context in contexts]
    for page, on in ((waiting, True), (coming, devices)):
        await page.goto(f"{address}/j")
        await page.evaluate(BARE_READY, [kit, on])
    await waiting.evaluate(BARE_JOIN, [server.url, _token(server, room, "waiting")])
    await waiting.wait_for_timeout(SETTLED)
    await coming.bring_to_front()
    join = [server.url, _token(server, room, "coming")]
    seen, began = await asyncio.gather(coming.evaluate(FIRST_FRAME), coming.evaluate(BARE_JOIN, join))
    for context in contexts:
        await context.close()
    return (float(seen) - float(began)) / 1000


def _token(server: LiveKitServer, room: str, identity: str) -> str:
    grants = api.VideoGrants(room_join=True, room=room)
    return api.AccessToken(server.api_key, server.api_secret).with_identity(identity).with_grants(grants).to_jwt()
