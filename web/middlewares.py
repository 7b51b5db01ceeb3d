"""The middlewares around every handler: errors become problems, and only our own page may change anything."""

import logging
from types import MappingProxyType

from aiohttp import web
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


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer everything that goes wrong with a problem; a bug of ours is logged and tells the browser nothing."""
    try:
        return await handler(request)
    except HttpProblem as raised:
        problem = raised
    except web.HTTPException as refusal:
        return _refusal_response(request, refusal)
    except StoreUnavailable:
        problem = HttpProblem("store_unavailable")
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        problem = HttpProblem("internal")
    return problem_response(problem, request.headers)


def _refusal_response(request: web.Request, refusal: web.HTTPException) -> web.Response:
    problem = HttpProblem(CODES_BY_STATUS.get(refusal.status, "bad_request"))
    response = problem_response(problem, request.headers)
    if "Allow" in refusal.headers:
        response.headers["Allow"] = refusal.headers["Allow"]
    return response
