"""What can stand in LiveKit's place, between it and others, or in its configuration, and what a check says then."""

from aiohttp import web

from tests.check.livekit_variants import running_livekit
from tests.check.misled import (
    API_URL,
    LIVEKIT_URL,
    PAGE_URL,
    Arrange,
    Cases,
    Misled,
    answer_with,
    before_livekit,
    changed,
    leading,
    only,
)

DEAD = "127.0.0.1:1"
UNREACHED = "LiveKit can't be reached at"
OWN_PAGE = "Hey Buddy's own page answers at"
ELSE = "something other than LiveKit answers at"
NOTHING = "nothing listens there; is it running, and is the address right?"
NOT_BY_WEBSOCKET = "LiveKit answers, but not by WebSocket (status"
PASS_UPGRADE = "have the proxy forward Upgrade and Connection, for every path"


def at_page(variable: str, *, runs: bool) -> Arrange:
    """An address of LiveKit's that leads to our own page."""

    async def arrange(misled: Misled) -> None:
        if runs:
            await misled.run()
        misled.lead(variable, misled.place.public_url)

    return arrange


def with_websocket(*messages: bytes | str, stays_open: bool = False) -> Arrange:
    """Something at livekit.url that passes plain requests on, and talks otherwise by WebSocket."""

    async def arrange(misled: Misled) -> None:
        async def respond(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Upgrade") != "websocket":
                return await misled.ask_livekit(request)
            connection = web.WebSocketResponse()
            await connection.prepare(request)
            for message in messages:
                await (connection.send_str(message) if isinstance(message, str) else connection.send_bytes(message))
            if stays_open:
                await connection.receive()
            await connection.close()
            return connection

        misled.environment[API_URL] = misled.livekit.api_url
        misled.lead(LIVEKIT_URL, await misled.serve(respond))

    return arrange


def with_livekit(path: str = "/livekit/webhook", **configuration: object) -> Arrange:
    """Another LiveKit with this configuration, which sends its events to `path` at the page."""

    async def arrange(misled: Misled) -> None:
        keys = {misled.livekit.api_key: misled.livekit.api_secret, "another": "a" * 32}
        started = running_livekit(f"{misled.place.public_url}{path}", keys=keys, **configuration)
        misled.lead(LIVEKIT_URL, (await misled.stack.enter_async_context(started)).url)

    return arrange


async def separate(misled: Misled) -> None:
    """Browsers are sent to another LiveKit than the one where rooms are made."""
    misled.environment[API_URL] = misled.livekit.api_url
    await with_livekit()(misled)


async def lose_both(misled: Misled) -> None:
    """LiveKit does not run, and both of its addresses are set."""
    misled.environment.update({LIVEKIT_URL: f"ws://{DEAD}", API_URL: "http://127.0.0.1:2"})


async def publish_page(misled: Misled) -> None:
    """The page is for everybody, LiveKit for this machine."""
    misled.environment.update({PAGE_URL: "https://nowhere.invalid", "HEYBUDDY_WEB__TRUSTED_PROXIES": "127.0.0.1"})


CASES: Cases = {
    "it doesn't run": (changed(**{LIVEKIT_URL: f"ws://{DEAD}"}), [f"livekit.url: {UNREACHED} livekit.url: {NOTHING}"]),
    "it doesn't run, and both addresses are set": (
        lose_both,
        [
            f"livekit.url: {UNREACHED} livekit.url: {NOTHING}",
            f"livekit.api_url: {UNREACHED} livekit.api_url: {NOTHING}",
        ],
    ),
    "another api_url": (
        changed(**{API_URL: f"http://{DEAD}"}),
        [f"livekit.api_url: {UNREACHED} livekit.api_url: {NOTHING}"],
    ),
    "an unknown name": (
        changed(**{LIVEKIT_URL: "wss://nowhere.invalid", "LIVEKIT_API_SECRET": "y" * 32}),
        [f"livekit.url: {UNREACHED} livekit.url: DNS doesn't know that name; is it written right?"],
    ),
    "silence": (
        leading(LIVEKIT_URL, None),
        [f"livekit.url: {UNREACHED} livekit.url: it accepts the connection and then says nothing; see the log"],
    ),
    "another key": (
        changed(LIVEKIT_API_KEY="another"),
        ["livekit.api_key: LiveKit doesn't know livekit.api_key: copy"],
    ),
    "another secret": (
        changed(LIVEKIT_API_SECRET="y" * 32),
        ["livekit.api_secret: LiveKit knows livekit.api_key, but livekit.api_secret doesn't belong to it: copy the"],
    ),
    "url at our page, before the first start": (
        at_page(LIVEKIT_URL, runs=False),
        [f"livekit.url: {OWN_PAGE} livekit.url: write LiveKit's address, or correct the proxy"],
    ),
    "url at our running page": (
        at_page(LIVEKIT_URL, runs=True),
        [
            "web.public_url: the settings have changed since `heybuddy run` started (Content-Security-Policy shows it)",
            f"livekit.url: {OWN_PAGE} livekit.url: write",
        ],
    ),
    "api_url at our page, before the first start": (
        at_page(API_URL, runs=False),
        [f"livekit.api_url: {OWN_PAGE} livekit.api_url: write LiveKit's address, or correct the proxy"],
    ),
    "api_url at our running page": (
        at_page(API_URL, runs=True),
        [f"livekit.api_url: {OWN_PAGE} livekit.api_url: write"],
    ),
    "another site": (
        leading(LIVEKIT_URL, answer_with(200, "<h1>Welcome</h1>")),
        [f"livekit.url: {ELSE} livekit.url (status 200): look at the address and the proxy"],
    ),
    "a password": (
        before_livekit(LIVEKIT_URL, answer_with(401, "<h1>Password</h1>")),
        [f"livekit.url: {ELSE} livekit.url (status 401): look at the address and the proxy"],
    ),
    "a proxy that doesn't reach it": (
        before_livekit(LIVEKIT_URL, answer_with(502)),
        ["livekit.url: a proxy answers at livekit.url (status 502), but doesn't reach LiveKit: is LiveKit running?"],
    ),
    "a redirect": (
        before_livekit(LIVEKIT_URL, answer_with(301, Location="https://video.example.org/rtc?access_token=x")),
        ["livekit.url: livekit.url is redirected to https://video.example.org/rtc: write that address"],
    ),
    "a redirect of the API": (
        before_livekit(API_URL, answer_with(308, Location="https://video.example.org/")),
        ["livekit.api_url: livekit.api_url is redirected to https://video.example.org/: write that address"],
    ),
    "a proxy without WebSocket": (
        before_livekit(LIVEKIT_URL),
        [f"livekit.url: {NOT_BY_WEBSOCKET} 404): {PASS_UPGRADE}"],
    ),
    "a proxy that doesn't know the WebSocket's path": (
        before_livekit(LIVEKIT_URL, only(answer_with(403), path="/rtc/v1")),
        [f"livekit.url: {NOT_BY_WEBSOCKET} 403): {PASS_UPGRADE}"],
    ),
    "a proxy that doesn't reach it by WebSocket": (
        before_livekit(LIVEKIT_URL, only(answer_with(502), path="/rtc/v1")),
        ["livekit.url: the proxy doesn't reach LiveKit by WebSocket (status 502): look at its settings for Upgrade"],
    ),
    "a silent WebSocket": (
        with_websocket(stays_open=True),
        ["livekit.url: the WebSocket opens, but nothing comes through it: switch off buffering in the proxy, or see"],
    ),
    "another program's WebSocket": (
        with_websocket("hello"),
        ["livekit.url: a program other than LiveKit answers by WebSocket: look at the address and the proxy"],
    ),
    "a WebSocket that closes": (
        with_websocket(),
        ["livekit.url: the WebSocket is closed as soon as it is open: see LiveKit's log"],
    ),
    "a proxy that passes only browsers' paths on": (
        before_livekit(API_URL, only(answer_with(404, "<h1>nginx</h1>"), path="/twirp")),
        ["livekit.api_url: something else answers where LiveKit's API should be (status 404): have the proxy forward"],
    ),
    "a proxy that loses Authorization": (
        before_livekit(API_URL, drop=("authorization",)),
        ["livekit.api_key: LiveKit lets livekit.api_key enter rooms but not manage them: give the key all rights, and"],
    ),
    "two servers": (
        separate,
        ["livekit.url: another LiveKit answers here than at livekit.api_url, where rooms are made: have both lead to"],
    ),
    "rooms for whoever comes": (
        with_livekit(room={"auto_create": True}),
        ["livekit.url: LiveKit makes a room for anyone who comes: set room.auto_create to false in its configuration"],
    ),
    "a page for everybody": (
        publish_page,
        [
            "web.public_url: https://nowhere.invalid can't be opened: DNS doesn't know that name",
            "livekit.url: can only be reached from this machine, while the page is for everybody: write an address",
        ],
    ),
    "no webhook": (
        with_livekit(webhook=None),
        ["webhook: the way to http://127.0.0.1:PORT/livekit/webhook is open, but LiveKit sent nothing there"],
    ),
    "a webhook to another path": (
        with_livekit("/webhooks"),
        ["webhook: LiveKit sends its events to /webhooks: set webhook.urls in it to http://127.0.0.1:PORT/livekit"],
    ),
}
