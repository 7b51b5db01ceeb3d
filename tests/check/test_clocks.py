"""Clocks are compared by the header Date, and the one that is off is named with the amount."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.check.clocks import DISCORD, LIVEKIT, PAGE, SERVICE, STAND_IN, ClockComparison
from tests.clocks import VirtualClock


@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        ({DISCORD: 0, LIVEKIT: 0, PAGE: 0}, []),
        ({DISCORD: 4, LIVEKIT: -1}, []),
        ({LIVEKIT: 3}, []),
        (
            {DISCORD: 70, LIVEKIT: 70, PAGE: 0},
            ["this machine's clock is 70 s behind", "the clock of the server that answers at web.public_url is 70"],
        ),
        ({DISCORD: -70, LIVEKIT: -70}, ["this machine's clock is 70 s ahead"]),
        ({DISCORD: 0, LIVEKIT: 30}, ["LiveKit's clock is 30 s ahead"]),
        ({DISCORD: 0, LIVEKIT: -3600}, ["LiveKit's clock is 60 min behind"]),
        ({DISCORD: 100, LIVEKIT: 0}, ["this machine's clock is 100 s behind", "LiveKit's clock is 100 s behind"]),
        ({LIVEKIT: 70, PAGE: 0}, ["LiveKit's clock is 70 s ahead"]),
        ({LIVEKIT: 70, PAGE: 70}, ["this machine's clock is 70 s behind"]),
        ({LIVEKIT: 70}, ["LiveKit's clock is 70 s ahead of this machine's, and no third one tells which is right"]),
        (
            {SERVICE: 70, PAGE: 0, LIVEKIT: 0},
            ["the clock of `heybuddy run` is 70 s ahead: synchronise it with NTP, or LiveKit"],
        ),
        ({DISCORD: 0, SERVICE: -4000}, ["the clock of `heybuddy run` is 66 min behind"]),
        (
            {DISCORD: 0, PAGE: 70},
            ["the clock of the server that answers at web.public_url is 70 s ahead: synchronise it with NTP"],
        ),
        ({STAND_IN: 70, PAGE: 0, LIVEKIT: 0}, ["the clock at discord.api_base is 70 s ahead"]),
        ({LIVEKIT: 70, PAGE: 70, SERVICE: 0}, ["LiveKit's clock is 70 s ahead of this machine's, and no third one"]),
        (
            {LIVEKIT: 70, PAGE: 200},
            ["the clock of the server that answers at web.public_url is 3 min ahead of this machine's"],
        ),
    ],
)
def test_the_clock_that_is_off(ahead: Mapping[str, int], found: list[str]) -> None:
    """Discord decides; without it, two against one."""
    clock = VirtualClock()
    clocks = ClockComparison(clock)
    for whose, seconds in ahead.items():
        clocks.observe(whose, {"Date": format_datetime(clock.now() + timedelta(seconds=seconds), usegmt=True)})
    findings = clocks.findings()
    messages = [finding.message for finding in findings if not finding.ok]
    assert len(messages) == len(found)
    assert all(message.startswith(start) for message, start in zip(messages, found, strict=True))
    assert [finding.message for finding in findings if finding.ok] == ([] if found else ["agree"])


@pytest.mark.parametrize(
    "headers", [{}, {"Date": ""}, {"Date": "yesterday"}, {"Date": "Tue, 01 Sep 2026 08:00:00 GMT", "Age": "70"}]
)
def test_an_answer_without_a_date(headers: Mapping[str, str]) -> None:
    """Nothing is compared, and nothing claimed; a cache tells the time of another answer."""
    clocks = ClockComparison(VirtualClock())
    clocks.observe(LIVEKIT, headers)
    assert clocks.findings() == ()
