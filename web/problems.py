"""Problems: everything that can go wrong for a browser, each with a stable code, its words and what to do next."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from aiohttp import web

from bot.words import Words

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "bad_request": 400,
        "no_session": 401,
        "cross_site": 403,
        "link_unknown": 404,
        "not_found": 404,
        "method_not_allowed": 405,
        "other_seat": 409,
        "partner_came": 409,
        "room_full": 409,
        "too_early": 409,
        "link_expired": 410,
        "link_replaced": 410,
        "link_used": 410,
        "match_over": 410,
        "session_ended": 410,
        "session_replaced": 410,
        "too_large": 413,
        "not_json": 415,
        "slow_down": 429,
        "internal": 500,
        "store_unavailable": 503,
        "video_not_configured": 503,
        "video_refused_our_key": 503,
        "video_unreachable": 503,
    }
)


class HttpProblem(Exception):
    """What a request meets instead of its answer.

    `retry_after` in seconds; `holder` is the display name of the seat that the browser's cookie holds.
    """

    def __init__(self, code: str, *, retry_after: int | None = None, holder: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.holder = holder


def answer(problem: HttpProblem, words: Words, *, accept: str = "") -> web.Response:
    """A problem as RFC 9457 says, or as a page where `accept` (the header) asks for one."""
    retry = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if "text/html" in accept:
        return web.Response(
            text=_page(problem, words), content_type="text/html", status=STATUS[problem.code], headers=retry
        )
    return web.json_response(
        _json(problem, words), content_type="application/problem+json", status=STATUS[problem.code], headers=retry
    )


def _json(problem: HttpProblem, words: Words) -> dict[str, str | int]:
    said: dict[str, str | int] = {"type": "about:blank", "status": STATUS[problem.code], "code": problem.code}
    said |= {part: words(f"problems.{problem.code}.{part}") for part in ("title", "detail", "next")}
    if problem.retry_after is not None:
        said["retry_after"] = problem.retry_after
    if problem.holder is not None:
        said["holder"] = problem.holder
    return said


def _page(problem: HttpProblem, words: Words) -> str:
    title, detail, after = (escape(words(f"problems.{problem.code}.{part}")) for part in ("title", "detail", "next"))
    return (
        f'<!doctype html><html lang="{words.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title} · Hey Buddy</title><main><h1>{title}</h1><p>{detail}</p><p>{after}</p>"
        f"<p><small>{problem.code}</small></p></main></html>"
    )
