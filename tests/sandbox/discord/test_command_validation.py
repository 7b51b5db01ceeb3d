"""Checks of commands and their translations: what makes a whole sync fail at Discord does so here."""

from typing import Any

import aiohttp
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord


def command(**more: Any) -> dict[str, Any]:
    return {"name": "study", "description": "Study", "type": 1, **more}


def option(**more: Any) -> dict[str, Any]:
    return {"type": 3, "name": "subject", "description": "What", **more}


def many(count: int) -> list[dict[str, Any]]:
    return [option(name=f"o{n}") for n in range(count)]


def choices(count: int, *, letters: int = 1) -> list[dict[str, str]]:
    return [{"name": "x" * letters, "value": f"{n}"} for n in range(count)]


def large(options: int) -> list[dict[str, Any]]:
    """Options of 400 characters each."""
    return [option(name=f"o{n:03}", description="d" * 94, choices=choices(3, letters=100)) for n in range(options)]


@pytest.mark.parametrize(
    "body",
    [
        command(name="Study"),
        command(name="study now"),
        command(name="s" * 33),
        command(name=""),
        command(description=""),
        command(description="d" * 101),
        command(name_localizations={"de": "Lernen"}),
        command(name_localizations={"xx": "lernen"}),
        command(description_localizations={"de": "d" * 101}),
        command(options=many(26)),
        command(options=[option(), option()]),
        command(options=[option(), option(name="length", required=True)]),
        command(options=[option(name="What")]),
        command(options=[option(description="d" * 101)]),
        command(options=[option(choices=choices(26))]),
        command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])]),
        command(options=[option(choices=[{"name": "x", "value": "x" * 101}])]),
        command(options=[option(choices=choices(1), autocomplete=True)]),
        command(options=[{"type": 1, "name": "now", "description": "Now", "options": [option(name="NOW")]}]),
        command(options=large(20)),
        {"name": "Far too long a name for a menu of theirs", "type": 2},
        {"description": "nameless"},
    ],
)
async def test_refused_commands(fake_discord: FakeDiscord, api: aiohttp.ClientSession, body: dict[str, Any]) -> None:
    """One invalid command is enough to refuse all, and the registered ones stay."""
    url = f"applications/{fake_discord.backend.application_id}/commands"
    async with api.put(url, json=[command()]) as before:
        assert before.status == 200
    async with api.put(url, json=[command(), body]) as answer:
        assert ((await answer.json())["code"], answer.status) == (50035, 400)
    assert [each["name"] for each in fake_discord.registered_commands()] == ["study"]


@pytest.mark.parametrize(
    "body",
    [
        command(name="s" * 32, description="d" * 100),
        command(name="übung-2", name_localizations={"de": "lernen", "en-GB": "study_now", "ja": "勉強"}),
        command(options=many(25)),
        command(options=[option(choices=choices(25, letters=100))]),
        command(options=[option(required=True), option(name="length")]),
        command(options=large(19)),
        {"name": "Study With", "type": 2},
    ],
)
async def test_commands_at_the_limit(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, body: dict[str, Any]
) -> None:
    """Commands exactly at a limit are accepted."""
    async with api.put(f"applications/{fake_discord.backend.application_id}/commands", json=[body]) as answer:
        assert answer.status == 200
    assert [each["name"] for each in fake_discord.registered_commands()] == [body["name"]]
