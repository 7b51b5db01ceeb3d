"""What can stand between students and the page, or in its place, and what a check says then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from tests.check.misled import (
    JSON,
    PAGE_URL,
    Arrange,
    Cases,
    Misled,
    answer_with,
    behind_proxy,
    behind_proxy_at_first,
    changed,
    leading,
    only,
    running,
)
from tests.check.proxies import Handler
from tests.store.opening import open_store
from web.security_headers import PERMISSIONS, PERMISSIONS_NAME

PORT = "HEYBUDDY_WEB__PORT"
PUBLIC = "web.public_url:"
NO_EVENT_HERE = "webhook: no event can arrive at http://127.0.0.1:PORT/livekit/webhook before web.public_url is right"
OWN_TROUBLE = answer_with(503, '{"code": "store_unavailable"}', JSON, **{PERMISSIONS_NAME: PERMISSIONS})
OTHER_METHODS = "have the proxy forward POST and DELETE, for every path"
UNCHANGED = "have it forward that unchanged"


def refuse(*methods: str) -> Handler:
    """A proxy that answers these methods itself."""
    return lambda request: web.Response(status=405) if request.method in methods else None


def redirect_to_https(request: web.Request) -> web.Response | None:
    """What a proxy does that does not know that somebody before it speaks HTTPS."""
    headers = {"Location": f"https://{request.host}{request.path}"}
    return web.Response(status=301, headers=headers) if request.method == "GET" else None


def keep_old_page(request: web.Request, response: web.Response) -> None:
    """What a cache does that was filled an hour ago."""
    if request.method == "GET":
        del response.headers["Content-Encoding"]
        response.text = "<title>Hey Buddy</title>"
        response.headers["Date"] = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
        response.headers["Age"] = "3600"


def lose_policy(_: web.Request, response: web.Response) -> None:
    """A proxy with a policy of its own."""
    response.headers["Content-Security-Policy"] = "default-src 'self'"


def taken(answer: bytes | None) -> Arrange:
    """Another program listens at the page's place."""

    async def arrange(misled: Misled) -> None:
        await misled.send_bytes(answer, misled.place.port)

    return arrange


async def take_place_behind_proxy(misled: Misled) -> None:
    """A proxy leads to a place where another program listens."""

    async def respond(_: web.Request) -> web.Response:
        return web.Response(text="Welcome to Grafana")

    await misled.put_before_page(answer_first=answer_with(502))
    await misled.serve(respond, misled.place.port)


async def forget_proxy(misled: Misled) -> None:
    """The proxy says who asks, and the page does not trust it."""
    await misled.put_before_page(add={"X-Forwarded-For": "198.51.100.7"})
    misled.environment["HEYBUDDY_WEB__TRUSTED_PROXIES"] = "10.0.0.0/8"


async def run_with_closed_store(misled: Misled) -> None:
    """`heybuddy run` cannot use its database any more."""
    async with open_store(misled.environment["HEYBUDDY_STORE__DATABASE"]) as closed:
        pass
    await misled.run(store=closed)


async def run_with_another_database(misled: Misled) -> None:
    """`heybuddy run` was started in another folder."""
    await misled.run()
    misled.environment["HEYBUDDY_STORE__DATABASE"] += "2"


async def change_livekit_since(misled: Misled) -> None:
    """LiveKit moved, and `heybuddy run` still has the old address."""
    await misled.run(livekit=replace(misled.livekit, url="wss://old.example.org"))


async def change_secret_since(misled: Misled) -> None:
    """LiveKit has a new secret, and `heybuddy run` still has the old one."""
    await misled.run(livekit=replace(misled.livekit, api_secret="o" * 32))


CASES: Cases = {
    "a proxy that does its work": (behind_proxy(), []),
    "the same before the first start": (behind_proxy_at_first(), []),
    "nothing listens": (
        changed(**{PAGE_URL: "http://127.0.0.1:1"}),
        [f"{PUBLIC} http://127.0.0.1:1 can't be opened: nothing listens there; is it running, and is the address"],
    ),
    "an unknown name": (
        changed(**{PAGE_URL: "https://nowhere.invalid", "HEYBUDDY_WEB__TRUSTED_PROXIES": "127.0.0.1"}),
        [f"{PUBLIC} https://nowhere.invalid can't be opened: DNS doesn't know that name; is it written", "livekit"],
    ),
    "HTTPS without a known proxy": (
        changed(**{PAGE_URL: "https://nowhere.invalid"}),
        [
            f"{PUBLIC} https://nowhere.invalid can't be opened: DNS doesn't know that name",
            "web.trusted_proxies: is empty although a proxy speaks HTTPS: all students look like one visitor",
            "livekit.url: can only be reached from this machine",
        ],
    ),
    "silence": (
        leading(PAGE_URL, None),
        [
            f"{PUBLIC} http",
        ],
    ),
    "a proxy to another port, before the first start": (
        behind_proxy_at_first(only(answer_with(502), method="GET")),
        [f"{PUBLIC} the proxy answers (status 502), but doesn't reach 127.0.0.1:PORT: correct that address in its"],
    ),
    "a proxy to another port": (
        behind_proxy(answer_with(502)),
        [
            f"{PUBLIC} the proxy answers (status 502), but doesn't reach 127.0.0.1:PORT: correct that address in its",
        ],
    ),
    "a cloud proxy that doesn't reach us": (
        behind_proxy(only(answer_with(522), method="GET")),
        [f"{PUBLIC} the proxy answers (status 522), but doesn't reach 127.0.0.1:PORT: correct that address"],
    ),
    "another program at our port, and a proxy": (
        take_place_behind_proxy,
        [
            "web.port: another program listens at 127.0.0.1:PORT, so `heybuddy run` can't: stop it, or choose another",
            f"{PUBLIC} the proxy answers (status 502), but doesn't reach 127.0.0.1:PORT: see web.port",
            "webhook: the proxy at http",
        ],
    ),
    "something silent at our port": (
        taken(None),
        [
            "web.port: what listens at 127.0.0.1:PORT doesn't answer properly: it accepts the connection and then",
            f"{PUBLIC} http://127.0.0.1:PORT can't be opened: it accepts the connection and then says nothing; see",
            NO_EVENT_HERE,
        ],
    ),
    "an address that isn't ours": (
        changed(HEYBUDDY_WEB__HOST="192.0.2.1"),
        [
            "web.host: nothing can listen at 192.0.2.1:PORT: this machine has no such address; write one that it has",
            f"{PUBLIC} http://127.0.0.1:PORT can't be opened: nothing listens there; is it running",
            NO_EVENT_HERE,
        ],
    ),
    "any port": (
        changed(**{PORT: "0"}),
        [
            "web.port: 0 means a different port at every start, where no proxy can find it: choose one",
            f"{PUBLIC} http://127.0.0.1:PORT can't be opened: nothing listens there",
            NO_EVENT_HERE,
        ],
    ),
    "another site": (
        leading(PAGE_URL, answer_with(200, "<title>Welcome to nginx!</title>")),
        [f"{PUBLIC} another site answers at http"],
    ),
    "our own page in trouble": (
        behind_proxy(only(OWN_TROUBLE, method="GET")),
        [f"{PUBLIC} `heybuddy run` itself answers with a problem (store_unavailable): see its log"],
    ),
    "a password": (
        behind_proxy(only(answer_with(401, WWW_Authenticate="Basic"), method="GET")),
        [f"{PUBLIC} something before the page asks for a password (status 401): remove it, students don't have one"],
    ),
    "a firewall": (
        behind_proxy(only(answer_with(403, "Checking your browser"), method="GET")),
        [f"{PUBLIC} something before the page refuses visitors (status 403): look at the rules of the proxy, or its"],
    ),
    "a login page": (
        behind_proxy(only(answer_with(302, Location="/login?next=/room"), method="GET")),
        [f"{PUBLIC} sends visitors on to /login: is there a login page before it? Students have no account there"],
    ),
    "another name": (
        behind_proxy(only(answer_with(301, Location="https://www.example.org/room"), method="GET")),
        [f"{PUBLIC} sends visitors on to https://www.example.org: set web.public_url to that, if that is the page"],
    ),
    "another scheme": (
        behind_proxy(redirect_to_https),
        [f"{PUBLIC} sends visitors on to https://127.0.0.1:"],
    ),
    "a circle": (
        behind_proxy(only(answer_with(302, Location="/room"), method="GET")),
        [f"{PUBLIC} sends visitors in circles: two proxies disagree about HTTPS; have only the outer one"],
    ),
    "a proxy for reading only": (
        behind_proxy(refuse("POST", "DELETE")),
        [f"{PUBLIC} opens, but something else answers when the page sends POST (status 405): {OTHER_METHODS}"],
    ),
    "a proxy without DELETE": (
        behind_proxy(refuse("DELETE")),
        [f"{PUBLIC} opens, but something else answers when the page sends DELETE (status 405): {OTHER_METHODS}"],
    ),
    "a proxy without POST, before the first start": (
        behind_proxy_at_first(only(answer_with(405), method="POST")),
        [f"{PUBLIC} opens, but something else answers when the page sends POST (status 405): {OTHER_METHODS}"],
    ),
    "a proxy that loses Origin": (
        behind_proxy(drop=("origin", "sec-fetch-site")),
        [f"{PUBLIC} the proxy drops or changes the header Origin: have it forward that"],
    ),
    "another address at the start": (
        running(is_own_origin="https://old.example.org".__eq__),
        [f"{PUBLIC} has changed since `heybuddy run` started: restart it"],
    ),
    "a proxy that loses our headers": (
        behind_proxy(change=lose_policy),
        [f"{PUBLIC} the proxy drops or changes the page's header Content-Security-Policy: {UNCHANGED}"],
    ),
    "another LiveKit at the start": (
        change_livekit_since,
        [f"{PUBLIC} the settings have changed since `heybuddy run` started (Content-Security-Policy shows it)"],
    ),
    "a cache that keeps an old page": (
        behind_proxy(change=keep_old_page),
        [f"{PUBLIC} the proxy, or a cache before it, changes the page or keeps an old one: {UNCHANGED}"],
    ),
    "a proxy that nobody trusts": (
        forget_proxy,
        ["web.trusted_proxies: lacks the proxy at 127.0.0.1: all students look like one visitor to the page, and one"],
    ),
    "another secret at the start": (
        change_secret_since,
        [
            "readyz: http://127.0.0.1:PORT/readyz says what is missing: video",
            "webhook: `heybuddy run` refuses events signed with livekit.api_secret: restart it with these settings",
        ],
    ),
    "another database": (
        run_with_another_database,
        [
            "processes: http://127.0.0.1:PORT/readyz answers, but no process uses this database: run this check where",
            "webhook: the `heybuddy run` that answers at http://127.0.0.1:PORT/livekit/webhook uses another database",
        ],
    ),
    "no database": (
        run_with_closed_store,
        ["webhook: `heybuddy run` can't take LiveKit's events (store_unavailable): see its log"],
    ),
}
