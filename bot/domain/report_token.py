"""A report token: with it a page reports the partner of one seat, and does nothing else, however its session ended."""

import hashlib
import hmac
from base64 import urlsafe_b64encode


def report_token(key: bytes, seat_id: str) -> str:
    """The token of a seat: its id, a dot, and 43 URL-safe letters that only `key` can make. Nothing of it is stored."""
    return f"{seat_id}.{_signature(key, seat_id)}"


def find_seat_id(key: bytes, token: str) -> str | None:
    """The id of the seat whose token this is; None if it is nobody's. Takes as long for every wrong one."""
    seat_id, _, signature = token.partition(".")
    is_ours = hmac.compare_digest(_bytes(signature), _bytes(_signature(key, seat_id)))
    return seat_id if is_ours else None


def _signature(key: bytes, seat_id: str) -> str:
    mac = hmac.digest(key, _bytes(seat_id), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
