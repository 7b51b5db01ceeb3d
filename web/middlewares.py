"""The middlewares around every handler: errors become problems, and only our own page may change anything."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.store import StoreUnavailable
from web.problems import HttpProblem, problem_response
from web.same_origin import OriginCheck, require_same_origin
from web.webhook import WEBHOOK_PATH

SAFE_METHODS = frozenset({"GET", "HEAD"})
CODES_BY_STATUS = MappingProxyType({404: "not_found", 405: "method_not_allowed", 413: "too_large"})

log = logging.getLogger(__name__)


def same_origin_middleware(is_own_origin: OriginCheck) -> Middleware:
    """Refuse changes that do not come from our own page; LiveKit's webhooks are verified by their signature instead."""

    @web.middleware
    async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE_METHODS and request.path != WEBHOOK_PATH:
            require_same_origin(request, is_own_origin)
        return await handler(request)

    return check_origin


def problem_middleware(messages_url: str) -> Middleware:
    """Answer everything that goes wrong with a problem; a bug of ours is logged and tells the browser nothing.

    `messages_url` is where Discord shows a member's direct messages, and the way on from a problem that knows no other.
    """

    @web.middleware
    async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers: Mapping[str, str] = {}
        try:
            return await handler(request)
        except HttpProblem as raised:
            problem = raised
        except web.HTTPException as refusal:
            problem = HttpProblem(CODES_BY_STATUS.get(refusal.status, "bad_request"))
            headers = {name: value for name, value in refusal.headers.items() if name == hdrs.ALLOW}
        except StoreUnavailable:
            problem = HttpProblem("store_unavailable")
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            problem = HttpProblem("internal")
        problem.chat_url = problem.chat_url or messages_url
        response = problem_response(problem, request.headers)
        response.headers.update(headers)
        return response

    return answer_problems
