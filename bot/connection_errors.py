"""Says in plain words why an HTTP request got no usable answer, so that operators look on the right side."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import aiohttp

from bot.socket_errors import (
    LOOK_INTO_ITS_LOG,
    NETWORK_FAULTS,
    describe_certificate_error,
    describe_failed_connection,
    describe_name_error,
)

NO_ANSWER: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""What a request raises if there is no answer, or one that is not HTTP."""

PROXY_FAILS: Final = frozenset(
    {
        *(HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT),
        *range(520, 528),  # Cloudflare's own
        530,
    }
)
"""With these a proxy says that it does not reach what is behind it."""

OTHER_FAULTS: Mapping[type[Exception], str] = MappingProxyType(
    {
        aiohttp.ClientSSLError: "what listens there doesn't speak TLS properly; is it the port for HTTPS?",
        aiohttp.ConnectionTimeoutError: "the connection timed out; is a firewall blocking it?",
        TimeoutError: f"it accepts the connection and then says nothing{LOOK_INTO_ITS_LOG}",
        aiohttp.TooManyRedirects: "it redirects in a circle",
        aiohttp.ServerDisconnectedError: "it closes the connection without an answer; is it the right port?",
        aiohttp.ClientOSError: "it closes the connection without an answer; is it the right port?",
        ConnectionError: "it closes the connection without an answer; is it the right port?",
        aiohttp.ClientPayloadError: f"it breaks off in the middle of its answer{LOOK_INTO_ITS_LOG}",
    }
)
"""By kind of error; the first that fits counts."""
NOT_HTTP: Final = "what it answers isn't HTTP; is it the right port?"


def describe_connection_error(error: Exception) -> str:
    """Why there was no answer, and where to look, as a clause. `error` is one of NO_ANSWER."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return describe_name_error(error.os_error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return describe_certificate_error(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        return NETWORK_FAULTS.get(error.errno or 0, describe_failed_connection(error))
    return next((clause for kind, clause in OTHER_FAULTS.items() if isinstance(error, kind)), NOT_HTTP)
