"""One HTTP answer as the checks look at it: who gave it, and what a page of ours says in it."""

import json
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from multidict import CIMultiDictProxy

from web.problems import STATUS_BY_CODE
from web.security_headers import come_from_us

CHECK_HEADER: Final = "X-Hey-Buddy-Check"
"""A running check sends it with its requests, and answers with it where the page would be; the value is its nonce."""
LARGEST_BODY: Final = 2_000_000  # bytes; our page is smaller


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`body` is the start of a body that is larger than our page ever is."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def is_ours(self) -> bool:
        """Whether a page of ours has given it, or a check in its place; nothing on the way did."""
        return come_from_us(self.headers)

    @property
    def problem(self) -> str | None:
        """The code of our problem that it holds, or None."""
        try:
            code = json.loads(self.body)["code"]
        except (ValueError, TypeError, LookupError, RecursionError):
            return None
        return code if self.is_ours and isinstance(code, str) and code in STATUS_BY_CODE else None


async def fetch(http: aiohttp.ClientSession, method: str, url: str, **options: Any) -> Answer:  # noqa: ANN401 -- aiohttp's
    """Send one request and follow no redirect. `options` are those of aiohttp's request; raises NO_ANSWER."""
    async with http.request(method, url, allow_redirects=False, **options) as answer:
        body = b""
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > LARGEST_BODY:
                break
        return Answer(status=answer.status, headers=answer.headers, body=body)
