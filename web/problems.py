"""Problems: everything that can go wrong for a browser, each with a stable code, a text, and what to do next."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from math import ceil
from types import MappingProxyType

from aiohttp import web

from bot.domain.invitation import LINK_LIFETIME
from bot.domain.match import MINUTE
from bot.words import Words, catalogue_languages, words_for
from web.accept_language import preferred_language

STATUS_BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        "bad_request": 400,
        "no_session": 401,
        "cross_site": 403,
        "bot_removed": 403,
        "not_allowed": 403,
        "other_pool": 403,
        "link_unknown": 404,
        "not_found": 404,
        "report_token_unknown": 404,
        "method_not_allowed": 405,
        "other_seat": 409,
        "partner_came": 409,
        "room_full": 409,
        "too_early": 409,
        "link_expired": 410,
        "link_replaced": 410,
        "link_used": 410,
        "match_over": 410,
        "report_closed": 410,
        "report_expired": 410,
        "session_ended": 410,
        "session_replaced": 410,
        "too_late": 410,
        "too_large": 413,
        "address_too_long": 414,
        "not_json": 415,
        "slow_down": 429,
        "headers_too_large": 431,
        "internal": 500,
        "checking_membership": 503,
        "store_unavailable": 503,
        "video_clock_differs": 503,
        "video_not_configured": 503,
        "video_refused_our_key": 503,
        "video_unreachable": 503,
    }
)
TEXT_PARTS = ("title", "detail", "next")
TEXT_VALUES: Mapping[str, int] = MappingProxyType({"link_minutes": LINK_LIFETIME // MINUTE})
"""What the placeholders in the texts of problems stand for."""


class HttpProblem(Exception):
    """A request is refused or has failed. The middleware turns it into a problem response.

    `code` is a key of STATUS_BY_CODE; `retry_after` is in seconds; `holder` is the display name of the seat that the
    browser's cookie holds; `chat_url` is where the page sends people back to Discord, if that is known.
    """

    def __init__(
        self, code: str, *, retry_after: int | None = None, holder: str | None = None, chat_url: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.holder = holder
        self.chat_url = chat_url


def seconds_until(time: datetime, now: datetime) -> int:
    """How long to wait, as `retry_after` says it: in whole seconds, at least one."""
    return max(1, ceil((time - now) / timedelta(seconds=1)))


def problem_response(problem: HttpProblem, request_headers: Mapping[str, str]) -> web.Response:
    """The response for a problem: RFC 9457 JSON, or a small page if the request's header Accept asks for HTML.

    The language is the one that the request's header Accept-Language prefers.
    """
    words = words_for(preferred_language(request_headers.get("Accept-Language", ""), catalogue_languages()))
    status = STATUS_BY_CODE[problem.code]
    headers = {"Vary": "Accept, Accept-Language"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if "text/html" in request_headers.get("Accept", ""):
        page = _problem_page(problem, words)
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)
    body = _problem_json(problem, words)
    return web.json_response(body, content_type="application/problem+json", status=status, headers=headers)


def _problem_json(problem: HttpProblem, words: Words) -> dict[str, str | int]:
    fields: dict[str, str | int] = {
        "type": "about:blank",
        "status": STATUS_BY_CODE[problem.code],
        "code": problem.code,
    }
    fields |= _problem_texts(problem, words)
    if problem.retry_after is not None:
        fields["retry_after"] = problem.retry_after
    if problem.holder is not None:
        fields["holder"] = problem.holder
    if problem.chat_url is not None:
        fields["chat_url"] = problem.chat_url
    return fields


def _problem_page(problem: HttpProblem, words: Words) -> str:
    title, detail, after = map(escape, _problem_texts(problem, words).values())
    helper = escape(words("page.problem.helper"))
    return (
        f'<!doctype html><html lang="{words.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title} · Hey Buddy</title><main><h1>{title}</h1><p>{detail}</p><p>{after}</p>"
        f"{_link_to_chat(problem, words)}<p><small>{helper} {problem.code}</small></p></main></html>"
    )


def _link_to_chat(problem: HttpProblem, words: Words) -> str:
    if problem.chat_url is None:
        return ""
    return f'<p><a rel="noreferrer" href="{escape(problem.chat_url)}">{escape(words("page.over.open_chat"))}</a></p>'


def _problem_texts(problem: HttpProblem, words: Words) -> dict[str, str]:
    """Title, detail and what to do next, in this order."""
    return {part: words(f"problems.{problem.code}.{part}", **TEXT_VALUES) for part in TEXT_PARTS}
