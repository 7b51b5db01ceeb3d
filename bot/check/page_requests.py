"""Sends what the page sends: some proxies open a page, and keep what it sends to themselves."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp

from bot.check.answer import CHECK_HEADER, Answer, fetch
from bot.check.local_page import LocalPage
from bot.connection_errors import NO_ANSWER, describe_connection_error

REQUESTS: Final = (("POST", "/session/join-token"), ("DELETE", "/session"))
"""Every method that the page uses beside GET. Without a cookie these change nothing and count as no attempt."""
ARRIVED: Final = "no_session"
NOT_FROM_OUR_PAGE: Final = "cross_site"


async def find_lost_request(http: aiohttp.ClientSession, url: str, local: LocalPage) -> str | None:
    """What is wrong with the way of the page's requests to the page at `url`, or None. `local` is its own place."""
    faults = await asyncio.gather(*(_find_fault(http, url, local, request) for request in REQUESTS))
    return next((fault for fault in faults if fault), None)


async def _find_fault(http: aiohttp.ClientSession, url: str, local: LocalPage, request: Sequence[str]) -> str | None:
    method, _ = request
    try:
        answer = await _send(http, url, request, origin=url)
        if CHECK_HEADER in answer.headers or answer.problem == ARRIVED:
            return None
        if answer.problem == NOT_FROM_OUR_PAGE:
            return await _explain_refusal(http, url, local, request)
    except NO_ANSWER as error:
        return f"opens, but not when the page sends {method}: {describe_connection_error(error)}"
    if answer.problem:
        return f"`heybuddy run` answers the page's {method} with a problem ({answer.problem}): see its log"
    return (
        f"opens, but something else answers when the page sends {method} (status {answer.status}): "
        "have the proxy forward POST and DELETE, for every path"
    )


async def _explain_refusal(http: aiohttp.ClientSession, url: str, local: LocalPage, request: Sequence[str]) -> str:
    """Why `heybuddy run` takes the page's requests for those of another site."""
    if local.answer is None:
        return (
            "`heybuddy run` thinks that what the page sends comes from another site: have the proxy forward the "
            "header Origin, or restart `heybuddy run` if this setting has changed"
        )
    direct = await _send(http, local.address, request, origin=url)
    if direct.problem == NOT_FROM_OUR_PAGE:
        return "has changed since `heybuddy run` started: restart it"
    return "the proxy drops or changes the header Origin: have it forward that"


async def _send(http: aiohttp.ClientSession, base: str, request: Sequence[str], *, origin: str) -> Answer:
    """Send a request as the page at `origin` does."""
    method, path = request
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    return await fetch(http, method, f"{base}{path}", json={}, headers=headers)
