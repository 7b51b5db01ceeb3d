"""Says in plain words why an HTTP request got no usable answer, so that operators look on the right side."""

import socket
import ssl
from collections.abc import Mapping
from errno import ECONNREFUSED, EHOSTUNREACH, ENETUNREACH
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import aiohttp

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

NO_INTERMEDIATE: Final = "the intermediate certificate is missing; have the server send the full chain"
CERTIFICATE_FAULTS: Mapping[int, str] = MappingProxyType(
    {
        9: "its certificate isn't valid yet; is this machine's clock right?",
        10: "its certificate has expired; renew it",
        18: "its certificate is self-signed; get one that browsers trust",
        19: "this machine doesn't trust whoever issued its certificate; get one that browsers trust",
        20: f"this machine doesn't trust whoever issued its certificate, or {NO_INTERMEDIATE}",
        21: NO_INTERMEDIATE,
        62: "its certificate is for another name; get one for this name",
        64: "its certificate is for another address; get one for this address, or write a name",
    }
)
"""By OpenSSL's number for why a certificate cannot be trusted."""

NETWORK_FAULTS: Mapping[int, str] = MappingProxyType(
    {
        ECONNREFUSED: "nothing listens there; is it running, and is the address right?",
        EHOSTUNREACH: "there's no route to that machine; is it on, and is the address right?",
        ENETUNREACH: "this machine has no route to that network; check its own connection",
    }
)

LOOK_INTO_ITS_LOG: Final = "; see the log of what runs there"
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
        return _describe_dns_error(error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _describe_certificate_error(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        return NETWORK_FAULTS.get(error.errno or 0, f"the connection fails: {error.strerror or 'no reason is given'}")
    return next((clause for kind, clause in OTHER_FAULTS.items() if isinstance(error, kind)), NOT_HTTP)


def _describe_dns_error(error: aiohttp.ClientConnectorDNSError) -> str:
    if error.os_error.errno == socket.EAI_AGAIN:
        return "this machine's DNS doesn't answer; check its own connection"
    return "DNS doesn't know that name; is it written right?"


def _describe_certificate_error(error: Exception) -> str:
    number = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return CERTIFICATE_FAULTS.get(number, "its certificate can't be trusted; get one that browsers trust")
