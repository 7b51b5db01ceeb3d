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

PROXY_FAILS: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
"""With these a proxy says that it does not reach what is behind it."""

CERTIFICATE_FAULTS: Mapping[int, str] = MappingProxyType(
    {
        9: "its certificate is not valid yet",
        10: "its certificate has expired",
        18: "its certificate is signed by nobody but itself",
        19: "nobody this machine trusts has signed its certificate",
        20: "nobody this machine trusts has signed its certificate, or the certificate in between is missing",
        21: "the certificate in between is missing",
        62: "its certificate is for another name",
        64: "its certificate is for another address",
    }
)
"""By OpenSSL's number for why a certificate cannot be trusted."""

NETWORK_FAULTS: Mapping[int, str] = MappingProxyType(
    {
        ECONNREFUSED: "nothing listens there",
        EHOSTUNREACH: "there is no way to that machine",
        ENETUNREACH: "this machine has no way to that network",
    }
)


def describe_connection_error(error: Exception) -> str:
    """Why there was no answer, as a clause such as "nothing listens there". `error` is one of NO_ANSWER."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _describe_dns_error(error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _describe_certificate_error(error.certificate_error)
    if isinstance(error, aiohttp.ClientSSLError):
        return "what listens there does not speak TLS as it should"
    if isinstance(error, TimeoutError):
        return "it does not answer in time: a firewall may drop what we send"
    if isinstance(error, aiohttp.TooManyRedirects):
        return "it redirects in a circle"
    if isinstance(error, aiohttp.ClientConnectorError):
        return NETWORK_FAULTS.get(error.errno or 0, f"the connection fails: {error.strerror or 'no reason is given'}")
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError):
        return "it closes the connection without an answer"
    return "what it answers is not HTTP"


def _describe_dns_error(error: aiohttp.ClientConnectorDNSError) -> str:
    if error.os_error.errno == socket.EAI_AGAIN:
        return "this machine's DNS does not answer"
    return "DNS does not know that name"


def _describe_certificate_error(error: Exception) -> str:
    number = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return CERTIFICATE_FAULTS.get(number, "its certificate cannot be trusted")
