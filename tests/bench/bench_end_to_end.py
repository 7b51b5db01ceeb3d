"""End-to-end times: from the second `/study now` to both messages, and from Join to the partner's first frame.

`python -m tests.bench.bench_end_to_end` prints medians over a few meetings, each next to a bare baseline in the same
run: a script that only sends the two messages to the same stand-in for Discord, and a page with nothing but
livekit-client and a token.
"""

import asyncio
import os
import statistics
import time

import discord
from playwright.async_api import Browser, async_playwright

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.example_server import MIN_STUDENTS
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox
from tests.bench import first_frame
from tests.browser.flow.chromium_flags import CHROMIUM_FLAGS
from tests.sandbox.student import Student
from tools import chromium

MEETINGS = 5


async def main() -> None:
    """Measure and print."""
    clock = ShiftedClock()
    async with (
        running_sandbox(
            ports=choose_ports(0),
            secrets=Secrets.generate(clock),
            students=MIN_STUDENTS,
            environment=os.environ,
            clock=clock,
            report_progress=print,
        ) as sandbox,
        async_playwright() as playwright,
    ):
        messages = [await time_to_both_messages(one, other) for one, other in new_pairs(sandbox, "message")]
        sent = [await bare_time_to_send(sandbox.fake_discord) for _ in range(MEETINGS)]
        print_row("second /study now → both messages", messages, "only sending the two", sent)
        pairs = new_pairs(sandbox, "room")  # those above gave up, so they are kept apart
        browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=CHROMIUM_FLAGS)
        for devices in (False, True):
            ours, bare = await times_to_first_frame(sandbox, browser, pairs, devices=devices)
            own = "own devices on" if devices else "own devices off"
            print_row(f"Join → partner's first frame, {own}", ours, "only livekit-client and a token", bare)
        await browser.close()


def new_pairs(sandbox: Sandbox, prefix: str) -> list[list[Student]]:
    """As many pairs of new students as there are meetings."""
    names = [[f"{prefix}-{meeting}-{side}" for side in (1, 2)] for meeting in range(MEETINGS)]
    for name in (each for pair in names for each in pair):
        sandbox.fake_discord.add_person(name)
    return [[Student(sandbox, name) for name in pair] for pair in names]


async def times_to_first_frame(
    sandbox: Sandbox, browser: Browser, pairs: list[list[Student]], *, devices: bool
) -> tuple[list[float], list[float]]:
    """Seconds for our page and for the bare page, measured alternately, so that the machine is as busy for both."""
    server = sandbox.video.server
    if server is None:
        raise RuntimeError("there is no video to measure")
    ours, bare = [], []
    for number, (one, other) in enumerate(pairs):
        ours.append(await first_frame.ours(browser, one, other, devices=devices))
        bare.append(await first_frame.bare(server, browser, sandbox.addresses.web, number=number, devices=devices))
    return ours, bare


def print_row(what: str, ours: list[float], against: str, bare: list[float]) -> None:
    """Print both medians and their ratio."""
    median, baseline = statistics.median(ours), statistics.median(bare)
    print(f"{what}: {1000 * median:.0f} ms; {against}: {1000 * baseline:.0f} ms; ratio {median / baseline:.2f}")  # noqa: T201 -- a bench speaks by printing


async def time_to_both_messages(one: Student, other: Student) -> float:
    """Seconds from the second student's command until both direct messages are there."""
    for student in (one, other):  # who agree to the rules beforehand, one after the other, so that they are not matched
        await student.search()
        await student.command("study leave")
    await one.command("study now")
    began = time.perf_counter()
    await other.command("study now")
    await asyncio.gather(one.link(), other.link())
    took = time.perf_counter() - began
    for student in (one, other):
        await student.command("study leave")
    return took


async def bare_time_to_send(fake_discord: FakeDiscord) -> float:
    """Seconds for a script that only sends two messages with discord.py's own client, channels known."""
    client = discord.Client(intents=discord.Intents.none())
    await client.login(fake_discord.token)
    people = [person for person in fake_discord.people.values() if not person.admin][-2:]
    channels = [client.get_partial_messageable(fake_discord.direct_channel_id(person)) for person in people]
    began = time.perf_counter()
    await asyncio.gather(*(channel.send("a link") for channel in channels))
    took = time.perf_counter() - began
    await client.close()
    return took


if __name__ == "__main__":
    asyncio.run(main())
