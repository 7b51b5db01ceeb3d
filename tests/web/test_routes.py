"""Every route is there, and documented."""

import json
import re
from pathlib import Path

from tests.store.scenario import Meeting
from tests.web.browsers import Browser
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

HTTP_INTERFACE = Path(__file__).parents[2] / "docs" / "http.md"


async def test_expect_continue(meeting: Meeting, browser: Browser) -> None:
    """The only expectation that HTTP defines is handled."""
    sent = json.dumps({"token": meeting.tokens[0], "attempt": "00000000-0000-4000-8000-000000000001"}).encode()
    assert (await browser.request("POST", "/session", data=sent, headers={"Expect": "100-continue"})).status == 201


async def test_every_route_is_documented(web_part: WebPart, rooms: ScriptedRooms) -> None:
    """docs/http.md lists exactly the requests that are answered; HEAD goes with GET."""
    app = web_part._application(rooms)
    paths = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    routes = {f"{method} {re.sub(r'{.*}', 'NAME', path)}" for method, path in paths}
    documented = set(re.findall(r"`((?:GET|POST|DELETE) /[\w/-]*)", HTTP_INTERFACE.read_text(encoding="utf-8")))
    gets = {route.removeprefix("GET ") for route in documented if route.startswith("GET ")}
    assert routes == documented | {f"HEAD {path}" for path in gets}
