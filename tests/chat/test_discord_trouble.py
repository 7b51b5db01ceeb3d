"""Trouble between us and Discord: what the log says of it."""

import pytest

from bot.chat.discord_trouble import UnreadableAnswer
from bot.chat.request_limiter import HeldBack, NotDiscord
from bot.log import is_known_trouble


@pytest.mark.parametrize(
    "trouble", [HeldBack("too many are waiting", retry_after=1), NotDiscord("a page"), UnreadableAnswer("no JSON")]
)
def test_no_traceback_of_what_the_network_does(trouble: Exception) -> None:
    """One line is enough: it is no mistake in our code."""
    assert is_known_trouble(trouble)
