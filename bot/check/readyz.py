"""Asks the page itself whether it is ready: through its public address as monitors do, and past every proxy."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.check.finding import Finding, found_fault, found_well
from bot.connection_errors import NO_ANSWER
from bot.readiness import WORDS

SUBJECT: Final = "readyz"
PATH: Final = "/readyz"
LARGEST_ANSWER: Final = 1000  # bytes; all words together have fewer
READY: Final = b"ok\n"


@dataclass(frozen=True, kw_only=True)
class ReadyzAnswer:
    """What a running page answers at `url`; `missing` are the words of what is not ready."""

    url: str
    missing: Sequence[str]

    def finding(self) -> Finding:
        """Whether the page is ready. Why it is not is said by the processes themselves."""
        if self.missing:
            return found_fault(SUBJECT, f"{self.url} says what is missing: {', '.join(self.missing)}")
        return found_well(SUBJECT, f"{self.url} says that the page is ready")


async def ask_readyz(addresses: Sequence[str], http: aiohttp.ClientSession) -> Sequence[ReadyzAnswer]:
    """The answers at these addresses of the page. Whatever else answers there, or nothing, is left out."""
    answers = await asyncio.gather(*(_ask(f"{address}{PATH}", http) for address in dict.fromkeys(addresses)))
    return [answer for answer in answers if answer]


async def _ask(url: str, http: aiohttp.ClientSession) -> ReadyzAnswer | None:
    try:
        async with http.get(url, allow_redirects=False) as answer:
            body = await answer.content.read(LARGEST_ANSWER)
    except NO_ANSWER:
        return None
    if answer.status == HTTPStatus.OK and body == READY:
        return ReadyzAnswer(url=url, missing=())
    words = body.decode(errors="replace").split()
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and words and set(words) <= set(WORDS):
        return ReadyzAnswer(url=url, missing=words)
    return None
