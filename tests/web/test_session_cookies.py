"""The session cookie is found among whatever else a browser sends."""

from urllib.parse import quote

import pytest

from tests.store.scenario import Meeting
from tests.web.browsers import Browser, Browsers, exchange
from web.session_cookies import COOKIE_NAME

OTHERS = {
    "8 kB": f"theirs={'x' * 8192}",
    "many": "; ".join(f"theirs{number}=x" for number in range(180)),
    "quotes": 'theirs="a b"; more="open',
    "JSON": f'theirs={{"a":[1,2],"b":"c"}}; more={quote("{}")}',
    "no name": "=x; y",
    "no value": "theirs; more=",
    "strange names": "a[b]=c; d@e:f=g; (h)=i",
    "other alphabets": "theirs=é中",
    "a name like ours": f"{COOKIE_NAME}-not=x; x{COOKIE_NAME}=y; {COOKIE_NAME.lower().replace('host', 'HOST')}=z",
    "ours inside another": f"theirs=a,{COOKIE_NAME}=b; more=a {COOKIE_NAME}=c",
    "dates": "theirs=x; expires=Wed, 21 Oct 2026 07:28:00 GMT",
    "reserved names": "path=/; secure; httponly; max-age=1; domain=x",
    "empty pairs": ";;; ;",
}
ORDERS = {
    "before": "Cookie: {others}; {ours}\r\n",
    "after": "Cookie: {ours}; {others}\r\n",
    "in a line of its own, before": "Cookie: {others}\r\nCookie: {ours}\r\n",
    "in a line of its own, after": "Cookie: {ours}\r\nCookie: {others}\r\n",
    "among three lines": "Cookie: {others}\r\nCOOKIE: {ours}\r\ncookie: more=x\r\n",
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS.keys())
async def test_our_cookie_among_others(
    browsers: Browsers, inside: tuple[Browser, Browser], others: str, order: str
) -> None:
    """No cookie of another site of the domain hides ours, in one line or in several."""
    cookies = order.format(others=others, ours=f"{COOKIE_NAME}={inside[0].cookie}")
    sent = f"GET /session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{cookies}\r\n"
    received = await exchange(browsers.port, sent.encode())
    assert received.startswith(b"HTTP/1.1 200")
    assert str(inside[0].seat).encode() in received


async def test_a_line_for_every_cookie(browsers: Browsers, inside: tuple[Browser, Browser]) -> None:
    """Ours is the last of a hundred lines."""
    cookies = "".join(f"Cookie: theirs{number}=x\r\n" for number in range(100))
    cookies += f"Cookie: {COOKIE_NAME}={inside[0].cookie}\r\n"
    sent = f"GET /session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{cookies}\r\n"
    assert (await exchange(browsers.port, sent.encode())).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("spelling", [COOKIE_NAME.upper(), f" {COOKIE_NAME}x", f"x {COOKIE_NAME}"])
async def test_only_our_name_counts(browsers: Browsers, inside: tuple[Browser, Browser], spelling: str) -> None:
    """A cookie that a sibling domain can set, because its name lacks our prefix, is no session."""
    sent = f"GET /session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {spelling}={inside[0].cookie}\r\n\r\n"
    assert (await exchange(browsers.port, sent.encode())).startswith(b"HTTP/1.1 401")


async def test_a_seat_without_its_cookie(meeting: Meeting, browser: Browser) -> None:
    """A browser that keeps no cookie is in no session after redeeming a link."""
    await browser.redeem(meeting.tokens[0])
    browser.cookie = None
    assert (await browser.get()).code == "no_session"
