"""Request bodies: small JSON objects that must arrive within seconds."""

import asyncio
import json
import unicodedata
from typing import Any

from aiohttp import web

from web.problems import HttpProblem

MAX_BODY_BYTES = 16 * 1024
BODY_TIMEOUT_S = 5.0  # aiohttp has no timeout for bodies
MAX_TEXT_LENGTH = 128
UNWRITABLE = frozenset({"Cc", "Cs"})
"""Categories of characters: control characters, and halves of a pair that stand alone."""


async def read_body(request: web.Request) -> bytes:
    """Read the raw body.

    Raises HttpProblem: `not_json` for an encoded body, `too_large`, or `bad_request` for one that does not arrive in
    time or breaks off.
    """
    if "Content-Encoding" in request.headers:
        raise HttpProblem("not_json")
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise HttpProblem("too_large") from None
    except (OSError, web.RequestPayloadError):  # too slow (TimeoutError), disconnected, or malformed
        raise HttpProblem("bad_request") from None


async def read_json_object(request: web.Request) -> dict[str, Any]:
    """Read the body as a JSON object; raises HttpProblem if it is anything else."""
    if request.content_type != "application/json":
        raise HttpProblem("not_json")
    body = await read_body(request)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise HttpProblem("bad_request") from None
    if not isinstance(value, dict):
        raise HttpProblem("bad_request")
    return value


def require_text(body: dict[str, Any], name: str) -> str:
    """The field `name` of a JSON object: a string of 1 to MAX_TEXT_LENGTH characters; raises HttpProblem otherwise."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT_LENGTH:
        raise HttpProblem("bad_request")
    return value


def find_words(body: dict[str, Any], name: str, *, at_most: int) -> str:
    """What somebody wrote in the field `name` of a JSON object, without characters that no database takes; "" if it is
    missing. Raises HttpProblem for anything but a string of up to `at_most` characters.
    """
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > at_most:
        raise HttpProblem("bad_request")
    return "".join(letter for letter in value if letter in "\n\t" or unicodedata.category(letter) not in UNWRITABLE)
