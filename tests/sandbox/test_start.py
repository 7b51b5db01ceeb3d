"""The whole sandbox without a browser: the real bot and web part with the stand-in for Discord."""

import asyncio
import re
import tempfile
from typing import Any

import aiohttp
import pytest

from bot.process import CannotStart
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.sandbox_without_video import sandbox_without_video
from tests.sandbox.student import Student


async def test_two_students_meet(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """After two commands each student has their own link to the web part."""
    await alice.search()
    await bob.search()
    links = {await alice.link(), await bob.link()}
    assert len(links) == 2
    assert all(link.startswith(f"{sandbox.addresses.web}/j#") for link in links)


async def test_restart_keeps_waiting_students(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """A bot restarted between two commands still matches the two students."""
    await alice.search()
    await sandbox.restart_bot()
    await bob.search()
    assert await alice.link() != await bob.link()


async def test_a_restart_is_seen_however_soon_the_bot_is_back(sandbox: Sandbox) -> None:
    """Every open page learns that the bot is away, even between two looks at the parts."""
    [looking] = [task for task in asyncio.all_tasks() if "publish_changes" in repr(task.get_coro())]
    looking.cancel()
    with sandbox._feed.subscribe() as events:
        await sandbox.restart_bot()
        published: list[dict[str, Any]] = [events.get_nowait() for _ in range(events.qsize())]
    statuses = [event["snapshot"]["statuses"] for event in published if "snapshot" in event]
    assert [each["bot"]["state"] for each in statuses] == ["ok", "busy"]


async def test_is_set_up(sandbox: Sandbox, alice: Student) -> None:
    """The panel is in #study from the start, and its button works."""
    panel = sandbox.fake_discord.channel_messages(alice.study, alice.person)[0]
    button = re.search(r"'custom_id': '([^']+)'", str(panel))
    assert button is not None
    await sandbox.fake_discord.use_component(alice.person, alice.study, int(panel["id"]), button[1])
    assert any(
        message["reader"] == str(alice.person.id)
        for message in sandbox.fake_discord.channel_messages(alice.study, alice.person)
    )


async def test_statuses(sandbox: Sandbox) -> None:
    """The statuses show what runs and what does not answer."""
    texts = {name: status.text for name, status in sandbox.part_statuses().items()}
    assert texts["bot"] == "connected"
    assert texts["web"] == "answering"
    assert texts["video"] in {"LiveKit at 127.0.0.1", "LiveKit isn't answering"}


async def test_link_back_to_discord(sandbox: Sandbox) -> None:
    """The address to which the web part sends students back leads to the sandbox's page."""
    async with aiohttp.ClientSession() as browser, browser.get(f"{sandbox.addresses.sandbox}channels/1/2") as answer:
        assert (answer.status, answer.url.path) == (200, "/")


async def test_without_a_temporary_folder_it_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is a sentence."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(CannotStart, match=r"^The sandbox has no temporary folder for its store: No such file"):
        async with sandbox_without_video():
            pass
