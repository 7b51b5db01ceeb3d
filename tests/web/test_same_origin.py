"""Only our own page may change anything."""

from collections.abc import Mapping

import pytest

from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser
from tests.web.conftest import PUBLIC_URL

Both = tuple[Browser, Browser]
CHANGES = [
    ("POST", "/session"),
    ("DELETE", "/session"),
    ("POST", "/session/undo"),
    ("POST", "/session/another"),
    ("POST", "/session/join-token"),
    ("POST", "/invitation/inspect"),
    ("POST", "/invitation/resend"),
    ("POST", "/report"),
    ("POST", "/report/undo"),
    ("POST", "/block"),
]
OWN_HEADERS: list[Mapping[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": PUBLIC_URL},
    {"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC_URL},
]
FOREIGN_HEADERS: list[Mapping[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": PUBLIC_URL + ".evil.example"},
    {"Origin": PUBLIC_URL.replace("https", "http")},
    {"Origin": PUBLIC_URL + ":444"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC_URL},
    {"Host": "evil.example", "Origin": "https://evil.example"},
    {"Origin": "", "Referer": PUBLIC_URL + "/j"},
]


@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
async def test_other_origins(scenario: Scenario, meeting: Meeting, inside: Both, change: tuple[str, str]) -> None:
    """A request from elsewhere is refused with 403 despite a valid cookie and body, and nothing changes."""
    me, _ = inside
    before = (await me.get()).json
    for headers in FOREIGN_HEADERS:
        me.always = dict(headers)
        answer = await me.request(*change, {"token": meeting.tokens[1]})
        assert (answer.status, answer.code) == (403, "cross_site"), headers
        assert (await me.get()).json == before, headers
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 99)) == 2


@pytest.mark.parametrize("headers", OWN_HEADERS, ids=str)
async def test_own_origin(inside: Both, headers: Mapping[str, str]) -> None:
    """One of the two headers is enough; both may be sent if they agree."""
    me, _ = inside
    me.always = dict(headers)
    assert (await me.post("/session/join-token")).status == 200
    assert (await me.leave()).status == 204


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_forms(inside: Both, method: str, path: str) -> None:
    """A body that an HTML form can send changes nothing: every change is JSON."""
    me, _ = inside
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await me.request(method, path, data=b"{}", headers={"Content-Type": content_type})
        assert (answer.status, answer.code) == (415, "not_json"), content_type
    assert (await me.get()).json["state"] == "inviting"
