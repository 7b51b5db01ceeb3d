"""Reading what a browser sent: small JSON objects, in good time."""

import asyncio
import json
from typing import Any

from aiohttp import web

from web.problems import HttpProblem

LARGEST = 16 * 1024  # bytes
PATIENCE = 5.0  # seconds; aiohttp has no timeout for bodies


async def raw(request: web.Request) -> bytes:
    """The body's bytes; raises HttpProblem where it is too large, encoded or too slow."""
    if "Content-Encoding" in request.headers:
        raise HttpProblem("not_json")
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise HttpProblem("too_large") from None
    except (OSError, web.RequestPayloadError):  # too slow, gone away, or no HTTP
        raise HttpProblem("bad_request") from None


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; raises HttpProblem where it is anything else."""
    if request.content_type != "application/json":
        raise HttpProblem("not_json")
    body = await raw(request)
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise HttpProblem("bad_request") from None
    if not isinstance(read, dict):
        raise HttpProblem("bad_request")
    return read


def text(body: dict[str, Any], name: str, *, longest: int = 128) -> str:
    """A short string of the body; raises HttpProblem where it is missing or not one."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise HttpProblem("bad_request")
    return value
