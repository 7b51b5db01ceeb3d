"""Links are never issued twice, and nothing that the service writes has one in plain."""

import logging
import re
from pathlib import Path

import pytest

from bot.clock import SystemClock, new_id
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW, digest, link_token
from tests.store.scenario import LINK_KEY, Scenario
from tests.web.browsers import ATTEMPT, OTHER_ATTEMPT, Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms

LETTERS = re.compile(rb"[A-Za-z0-9_-]{43,}")
LINKS_PER_SEAT = 100


def tokens_in(written: bytes, tokens: frozenset[bytes]) -> set[bytes]:
    """Which of the tokens stand anywhere in these bytes, also in the middle of other letters."""
    runs = LETTERS.findall(written)
    return {run[at : at + 43] for run in runs for at in range(len(run) - 42)} & tokens


async def issue_links(scenario: Scenario, count: int) -> list[str]:
    """Issue new links to the first seats of matches, a hundred to each; the last one of each can be redeemed."""
    tokens: list[str] = []
    while len(tokens) < count:
        seat_id = (await scenario.matched(len(tokens) + 1, len(tokens) + 2)).seats[0]
        for number in range(LINKS_PER_SEAT):
            if number % LINKS_PER_WINDOW == 0:
                scenario.clock.pass_time(seconds=LINKS_WINDOW.total_seconds())
            invitation_id = new_id(SystemClock())
            tokens.append(link_token(LINK_KEY, invitation_id))
            now = scenario.clock.now()
            assert await scenario.store.invitations.issue(seat_id, invitation_id, digest(tokens[-1]), now=now)
    return tokens


async def use_over_http(scenario: Scenario, tokens: list[str]) -> None:
    """Open, redeem and ask anew for all of these, in vain or not; before that the same while LiveKit is away."""
    rooms = ScriptedRooms()
    async with make_web_part(scenario.store, scenario.clock).serve(rooms) as site:
        browsers = Browsers(site.port)
        for trouble in ("video_unreachable", None):
            rooms.problem = trouble
            for number, token in enumerate(tokens):
                browser = browsers.open(f"127.0.4.{1 + number // 10}")
                for attempt in (ATTEMPT, OTHER_ATTEMPT):
                    await browser.inspect(token, attempt)
                    await browser.redeem(token, attempt)
                    browser.cookie = None
                await browser.get(f"/j/{token}")
                if trouble is None:
                    await browser.post("/invitation/resend", {"token": token})
                await browser.http.close()
        await browsers.close()


@pytest.mark.parametrize("links", [500, pytest.param(100_000, marks=pytest.mark.faults)])
async def test_no_link_is_kept_in_plain(
    scenario: Scenario, database: Path, caplog: pytest.LogCaptureFixture, links: int
) -> None:
    """All are different; neither the files of the database nor the log, with all details, has one of them."""
    tokens = await issue_links(scenario, links)
    with caplog.at_level(logging.DEBUG):
        await use_over_http(scenario, tokens[LINKS_PER_SEAT - 1 :: LINKS_PER_SEAT][:5] + tokens[:20])
    all_tokens = frozenset(token.encode() for token in tokens)
    assert len(all_tokens) == links
    files = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    assert digest(tokens[-1]) in b"".join(files.values()), "this searches where links are kept"
    assert {name: found for name, content in files.items() if (found := tokens_in(content, all_tokens))} == {}
    for said in ("link_used", "link_replaced", "video_unreachable"):
        assert said in caplog.text, "this searches the log of refused links"
    assert tokens_in(caplog.text.encode(), all_tokens) == set()
    assert tokens_in(b"/j#" + tokens[0].encode() + b"-and-more", all_tokens) == {tokens[0].encode()}
