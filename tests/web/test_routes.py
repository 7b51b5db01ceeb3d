"""Every route is there and documented."""

import json

from tests.store.scenario import Meeting
from tests.web.browsers import Browser


async def test_expect_continue(meeting: Meeting, browser: Browser) -> None:
    """The only expectation that HTTP knows is met."""
    sent = json.dumps({"token": meeting.tokens[0], "attempt": "00000000-0000-4000-8000-000000000001"}).encode()
    assert (await browser.request("POST", "/session", data=sent, headers={"Expect": "100-continue"})).status == 201
