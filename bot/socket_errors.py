"""Says in plain words why a connection cannot be made or was lost, by the system's or OpenSSL's error."""

import socket
import ssl
from collections.abc import Mapping
from errno import ECONNREFUSED, EHOSTUNREACH, ENETUNREACH
from types import MappingProxyType
from typing import Final

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


def describe_socket_error(error: OSError) -> str:
    """Why there is no connection, and where to look, as a clause."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return describe_certificate_error(error)
    if isinstance(error, socket.gaierror):
        return describe_name_error(error)
    if isinstance(error, ssl.SSLError):
        return "what listens there doesn't speak TLS properly; is it the right port?"
    cut = "the connection was cut" if isinstance(error, ConnectionError) else describe_failed_connection(error)
    return NETWORK_FAULTS.get(error.errno or 0, f"{cut}{LOOK_INTO_ITS_LOG}")


def describe_failed_connection(error: OSError) -> str:
    return f"the connection fails: {error.strerror or 'no reason is given'}"


def describe_name_error(error: OSError) -> str:
    if error.errno == socket.EAI_AGAIN:
        return "this machine's DNS doesn't answer; check its own connection"
    return "DNS doesn't know that name; is it written right?"


def describe_certificate_error(error: Exception) -> str:
    number = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return CERTIFICATE_FAULTS.get(number, "its certificate can't be trusted; get one that browsers trust")
