"""Only our own pages may change anything: judged by the headers that a browser sets and no page can forge."""

from collections.abc import Callable

from aiohttp import web

from web.problems import HttpProblem

OriginRule = Callable[[str], bool]


def must_be_ours(request: web.Request, ours: OriginRule) -> None:
    """Let a same-origin request pass; raises HttpProblem where a header says otherwise or none says anything."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        raise HttpProblem("cross_site")
    if site not in {None, "same-origin"} or not (origin is None or ours(origin)):
        raise HttpProblem("cross_site")
