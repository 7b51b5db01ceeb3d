"""Only our own page may change anything: decided by headers that browsers set and other pages cannot forge."""

from collections.abc import Callable

from aiohttp import web

from web.problems import HttpProblem

OriginCheck = Callable[[str], bool]


def require_same_origin(request: web.Request, is_own_origin: OriginCheck) -> None:
    """Pass if at least one of Sec-Fetch-Site and Origin is sent, and each one sent is ours.

    Raises HttpProblem `cross_site` otherwise.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        raise HttpProblem("cross_site")
    if site not in {None, "same-origin"} or not (origin is None or is_own_origin(origin)):
        raise HttpProblem("cross_site")
