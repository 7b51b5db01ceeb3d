"""What the log says of entries that are refused."""

import logging

import pytest

from web.problems import STATUS_BY_CODE, HttpProblem
from web.refused_entries import log_refused_entry


def test_only_waiting_is_no_refusal(caplog: pytest.LogCaptureFixture) -> None:
    """The page goes on by itself when the answer about a member comes; every other problem is one line."""
    caplog.set_level(logging.INFO, "web")
    for code in STATUS_BY_CODE:
        log_refused_entry(HttpProblem(code), match_id="m1", seat_id="s1")
    expected = [
        f"entry refused ({code}): match m1, seat s1" for code in STATUS_BY_CODE if code != "checking_membership"
    ]
    assert caplog.messages == expected
