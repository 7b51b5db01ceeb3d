"""Reverse proxies on loopback: one that does its work, and those that leave out what real ones leave out."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], web.Response | None]
Change = Callable[[web.Request, web.Response], None]

HOP_BY_HOP = {"connection", "upgrade", "host", "content-length", "transfer-encoding"}


@asynccontextmanager
async def proxy_without_upgrade(
    target: str,
    *,
    answer_first: Handler = lambda _: None,
    drop: Collection[str] = (),
    add: Mapping[str, str] | None = None,
    change: Change = lambda *_: None,
) -> AsyncIterator[str]:
    """The address of a proxy before `target` that passes plain requests on, but no WebSockets: nginx as it comes.

    `answer_first` may answer itself; `drop` names headers, in lower case, that are lost on the way to the target, and
    `add` those that come to it; `change` changes an answer on the way back.
    """
    async with aiohttp.ClientSession(auto_decompress=False) as http:

        async def pass_on(request: web.Request) -> web.Response:
            if own := answer_first(request):
                return own
            lost = HOP_BY_HOP.union(drop)
            headers = {name: value for name, value in request.headers.items() if name.lower() not in lost}
            headers |= add or {}
            async with http.request(
                request.method, f"{target}{request.path_qs}", headers=headers, data=await request.read()
            ) as answer:
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
                response = web.Response(status=answer.status, headers=kept, body=await answer.read())
            change(request, response)
            return response

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", pass_on)
        async with TestServer(app) as server:
            yield f"http://127.0.0.1:{server.port}"
