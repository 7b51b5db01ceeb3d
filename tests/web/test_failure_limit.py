"""Guessing links: failures are limited by client address over all processes, and the store never learns an address."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.both_databases import on_both_databases
from tests.store.scenario import Meeting
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import PROXY

RESEND = "/invitation/resend"


@on_both_databases
@pytest.mark.parametrize("guesses", [100, pytest.param(10_000, marks=pytest.mark.faults)])
async def test_guessing_links(meeting: Meeting, browsers: Browsers, guesses: int) -> None:
    """After twenty guesses in a minute one address has to wait; other addresses and a valid link are not affected."""
    guesser, other = browsers.open(), browsers.open("127.0.0.2")
    answers = [await guesser.redeem(f"guess {number}") for number in range(guesses)]
    assert [answer.status for answer in answers] == [404] * 20 + [429] * (guesses - 20)
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].json["retry_after"] == 60
    assert (await other.redeem("guess")).status == 404
    assert (await guesser.redeem(meeting.tokens[0])).status == 201


async def test_guessing_at_two_processes(meeting: Meeting, browsers: Browsers, other_page: Browsers) -> None:
    """Whoever spreads guesses over two processes has no more of them; a good link works at both."""
    pages = [browsers.open(), other_page.open()]
    answers = [await pages[number % 2].redeem(f"guess {number}") for number in range(60)]
    assert [answer.status for answer in answers] == [404] * 20 + [429] * 40
    assert [(await page.redeem(token)).status for page, token in zip(pages, meeting.tokens, strict=True)] == [201, 201]


async def test_every_way_to_guess_counts(meeting: Meeting, browsers: Browsers, other_page: Browsers) -> None:
    """Redeeming, inspecting and asking for a new link share the limit, so none of them is another way to guess."""
    first, second = browsers.open(), other_page.open()

    async def resend(page: Browser, token: str) -> int:
        return (await page.post(RESEND, {"token": token})).status

    for number in range(7):
        assert (await first.redeem(f"guess {number}")).status == 404
        assert (await second.inspect(f"guess {number}")).status == 404
        if number < 6:
            assert await resend(first, f"guess {number}") == 202
    assert await resend(second, "guess") == 429
    assert (await first.inspect("guess")).status == 429
    assert await resend(second, meeting.tokens[0]) == 202


def stored_attempts(database: Path) -> list[tuple[bytes, int]]:
    """The hash of every client that has failed, and how often."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.execute("SELECT client_hash, count(*) FROM failed_attempts GROUP BY 1 ORDER BY 2"))


async def test_only_failures_are_written(meeting: Meeting, browsers: Browsers, database: Path) -> None:
    """Who redeems and enters leaves nothing; who fails leaves a row, up to the limit."""
    student, guesser = browsers.open(), browsers.open("127.0.0.2")
    assert (await student.inspect(meeting.tokens[0])).status == 200
    assert (await student.redeem(meeting.tokens[0], enter=True)).status == 201
    assert (await student.redeem(meeting.tokens[0])).status == 200
    assert stored_attempts(database) == []
    for number in range(50):
        await guesser.redeem(f"guess {number}")
    assert [count for _, count in stored_attempts(database)] == [20]


@pytest.mark.parametrize("address", ["203.0.113.77", "2001:db8:1:2:3:4:5:6", "not an address", "x" * 500])
async def test_no_address_is_stored(browsers: Browsers, database: Path, address: str) -> None:
    """The store has 32 bytes that say nothing without the installation's secret, the same for all of one network."""
    proxy = browsers.open(PROXY)
    for sent in (address, address.replace(":5:6", ":9:9")):
        proxy.always["X-Forwarded-For"] = sent
        await proxy.redeem("guess")
    [(stored, count)] = stored_attempts(database)
    assert (len(stored), count) == (32, 2)
    with closing(sqlite3.connect(database)) as connection:
        rows = "\n".join(connection.iterdump())
    assert address[:12] not in rows
    assert address[:12].encode().hex().upper() not in rows.upper()
