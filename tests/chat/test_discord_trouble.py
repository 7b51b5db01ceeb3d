"""Trouble between us and Discord: what the log says of it."""

import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.chat.discord_trouble import LOOK_FOR_PROXY, UnreadableAnswer, describe_trouble
from bot.chat.request_limiter import NotDiscord
from bot.chat.request_queue import HeldBack
from bot.log import is_known_trouble


@pytest.mark.parametrize(
    "trouble", [HeldBack("too many are waiting", retry_after=1), NotDiscord("a page"), UnreadableAnswer("no JSON")]
)
def test_no_traceback_of_what_the_network_does(trouble: Exception) -> None:
    """One line is enough: it is no mistake in our code."""
    assert is_known_trouble(trouble)


KEY = ConnectionKey("discord.com", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
            "Discord can't be reached: DNS doesn't know that name",
        ),
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_AGAIN, "Temporary failure")),
            "Discord can't be reached: this machine's DNS doesn't answer",
        ),
        (
            aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "Connection refused")),
            "Discord can't be reached: nothing listens there",
        ),
        (
            aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version number")),
            f"no secure connection to Discord: what listens there doesn't speak TLS properly ({LOOK_FOR_PROXY})",
        ),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ValueError("not to be trusted")),
            f"no secure connection to Discord: its certificate can't be trusted ({LOOK_FOR_PROXY})",
        ),
        (ConnectionResetError(104, "reset"), "Discord can't be reached: Connection reset by peer"),
    ],
)
def test_dns_tls_and_refused_connections_are_different_things(error: Exception, said: str) -> None:
    """Each has its own cure, so each has its own sentence, as in `heybuddy check`."""
    assert describe_trouble(error) == said
