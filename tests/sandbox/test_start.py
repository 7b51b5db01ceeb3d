"""The sandbox as a whole, without a browser: the real bot and page over the stand-in, acted in from inside."""

import re

import aiohttp

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.student import Student


async def test_two_students_meet(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """Two commands, and each has a link of their own to the page that runs."""
    await alice.command("study now")
    await bob.command("study now")
    links = {await alice.link(), await bob.link()}
    assert len(links) == 2
    assert all(link.startswith(f"{sandbox.addresses.web}/j#") for link in links)


async def test_restart_keeps_who_waits(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """A bot that is stopped and started between two commands pairs them all the same."""
    await alice.command("study now")
    await sandbox.restart_bot()
    await bob.command("study now")
    assert await alice.link() != await bob.link()


async def test_is_set_up(sandbox: Sandbox, alice: Student) -> None:
    """The panel stands in #study from the start, and its button works."""
    panel = sandbox.fake_discord.channel_messages(alice.study, alice.person)[0]
    button = re.search(r"'custom_id': '([^']+)'", str(panel))
    assert button is not None
    await sandbox.fake_discord.use_component(alice.person, alice.study, int(panel["id"]), button[1])
    assert any(
        message["reader"] == str(alice.person.id)
        for message in sandbox.fake_discord.channel_messages(alice.study, alice.person)
    )


async def test_lights(sandbox: Sandbox) -> None:
    """The lights tell what runs and what does not answer."""
    texts = {name: status.text for name, status in sandbox.part_statuses().items()}
    assert texts["bot"] == "connected"
    assert texts["web"] == "answering"
    assert texts["video"] in {"LiveKit at 127.0.0.1", "LiveKit does not answer"}


async def test_the_way_back(sandbox: Sandbox) -> None:
    """The address the page students see sends them back to is the sandbox itself."""
    async with aiohttp.ClientSession() as browser, browser.get(f"{sandbox.addresses.sandbox}channels/1/2") as answer:
        assert (answer.status, answer.url.path) == (200, "/")
