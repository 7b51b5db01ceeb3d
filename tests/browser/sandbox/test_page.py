"""The sandbox's page around the windows: restart button, getting started, reconnecting."""

from collections.abc import Callable

import pytest
from playwright.async_api import Locator, WebSocketRoute, expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    BOT,
    INVITATION,
    PEOPLE,
    SERVER,
    STUDY,
    Json,
    ScriptedSandbox,
    card,
    direct,
    servers,
    switch,
)
from tests.browser.sandbox.scripted_sandbox import person as profile

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_restart_button(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The restart button restarts the bot, and the page says when it is done."""
    await (await open_page()).restart_bot()
    assert sandbox.requests == [("restart", {})]


async def test_an_hour_later(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The button moves the sandbox's clock; the page shows its time, and messages by it."""
    page = await open_page()
    await page.page.get_by_role("button", name="An hour later").click()
    await expect(page.page.get_by_role("status")).to_have_text("It's an hour later.")
    assert sandbox.requests == [("hour", {})]
    sandbox.ahead_ms = 3_600_000
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    ahead = "Date.parse(document.querySelector('#clock').dateTime) - Date.now()"
    await page.page.wait_for_function(f"{ahead} > 3_590_000")


async def test_who_is_kept_apart(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """One quiet line says who, until when and why; it goes away again."""
    page = await open_page()
    line = page.page.get_by_role("list", name="Who is kept apart")
    await expect(line).to_be_hidden()
    people = [PEOPLE["alice"], PEOPLE["bob"]]
    sandbox.apart = [{"people": people, "until": "2026-05-04T17:05:00+00:00"}]
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(line).to_contain_text("Alice and Bob won't be matched with each other before")
    sandbox.apart = []
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(line).to_be_hidden()


async def test_getting_started(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The steps are ticked off as they are done, and can write the command."""
    page = await open_page()
    steps = page.page.get_by_role("region", name="What to try")
    await steps.get_by_role("button", name="Write it for me").click()
    await expect(page.window("alice").box).to_have_value("/study now")
    sandbox.write_message(STUDY, to="alice", interaction={"command": "study now", "user": PEOPLE["alice"]})
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(1)
    await expect(steps.locator("[aria-current]")).to_contain_text("Bob sends /study now")


async def test_there_is_more_to_try_once_two_have_met(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Further steps follow in place of the first ones; at the end they are gone."""
    page = await open_page()
    steps = page.page.get_by_role("region", name="What to try")
    for person in ("alice", "bob"):
        sandbox.write_message(STUDY, to=person, interaction={"command": "study now", "user": PEOPLE[person]})
        sandbox.write_message(direct(person), components=INVITATION)
        await page.window(person).direct_messages()
        await (await page.window(person).follow("Open the room")).close()
    await expect(steps.get_by_role("heading")).to_have_text("More to try")
    await expect(steps.locator("[aria-current]")).to_contain_text("Alice sends /study link")
    await steps.get_by_role("button", name="Write it for me").click()
    await expect(page.window("alice").box).to_have_value("/study link")
    for person, command in (("alice", "study link"), ("bob", "study leave"), ("dana", "buddy setup")):
        sandbox.write_message(STUDY, to=person, interaction={"command": command, "user": PEOPLE[person]})
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(3)
    await expect(steps.locator("[aria-current]")).to_contain_text("Restart bot")
    for state in ("busy", "ok"):
        people = [{**profile(key), "closed": state == "ok"} for key in PEOPLE]
        statuses = {"bot": {"state": state, "text": ""}}
        sandbox.feed.publish({"snapshot": {**sandbox.snapshot(), "people": people, "statuses": statuses}})
    await expect(steps.locator("[aria-current]")).to_contain_text("Send test links")
    sandbox.write_message(direct("dana"), components=INVITATION)
    await page.window("dana").direct_messages()
    await (await page.window("dana").follow("Open the room")).close()
    await try_reports(sandbox, steps)
    await expect(steps.get_by_role("heading")).to_have_text("In the panel Server")
    sandbox.servers = with_newcomer("noor")
    sandbox.careful = {SERVER: True}
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(steps.locator("[aria-current]")).to_contain_text("switch to Noor")
    sandbox.write_message(STUDY, to="noor", interaction={"command": "study now", "user": PEOPLE["noor"]})
    await expect(steps.locator("[aria-current]")).to_contain_text("Show the bot the audit log")
    first, *others = sandbox.servers
    for change in (
        {"banned": [PEOPLE["bob"]]},
        {"switches": [switch("b", "Hide #study", on=True)]},
        {"has_bot": False},
    ):
        sandbox.servers = [{**first, **change}, *others]
        sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(steps.get_by_role("heading")).to_have_text("That was the tour. Now try what you like.")
    await expect(steps.get_by_role("listitem")).to_have_count(0)


def with_newcomer(key: str) -> list[Json]:
    """The servers; this member of the first one has joined last."""
    first, *others = servers()
    members: Json = first["members"]  # type: ignore[assignment]  # JSON
    newcomer: Json = members[PEOPLE[key]]  # type: ignore[assignment]  # JSON
    newcomer["joined_at"] = "2026-05-03T12:00:00+00:00"
    return [first, *others]


async def try_reports(sandbox: ScriptedSandbox, steps: Locator) -> None:
    """What the tour says about reports happens, a step at a time: each is ticked off, and the next one follows."""
    current = steps.locator("[aria-current]")
    second_look = {"type": 2, "label": "Second look", "custom_id": "hb:second:1"}
    warning = card({"type": 1, "components": [second_look]})

    def report(place: str) -> None:
        sandbox.reported_from.append(place)
        sandbox.feed.publish({"snapshot": sandbox.snapshot()})

    def call(person: str, command: str) -> None:
        sandbox.write_message(STUDY, to=person, interaction={"command": command, "user": PEOPLE[person]})

    def decide() -> None:
        sandbox.write_message(direct("bob"), components=warning)

    parts: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("A report", "Alice presses Leave and report", lambda: report("room")),
        ("A report", "Dana has the alert", decide),
        ("A report", "Then switch to Jonas", lambda: call("jonas", "reports")),
        ("Other ways to report", "Noor presses Report", lambda: report("over")),
        ("Other ways to report", "The bot asks Alice", lambda: report("message")),
        ("Other ways to report", "Bob sends /study report", lambda: report("command")),
        ("A ban, and what is kept", "Dana sends /buddy ban", lambda: call("dana", "buddy ban")),
        ("A ban, and what is kept", "Bob sends /privacy show", lambda: call("bob", "privacy show")),
    )
    for heading, what, happens in parts:
        await expect(steps.get_by_role("heading")).to_have_text(heading)
        await expect(current).to_contain_text(what)
        happens()


async def test_steps_are_those_of_the_people_shown(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """That two others have opened the room ticks off nothing."""
    page = await open_page()
    for person in ("alice", "bob"):
        sandbox.write_message(direct(person), components=INVITATION)
        await page.window(person).direct_messages()
        await (await page.window(person).follow("Open the room")).close()
    steps = page.page.get_by_role("region", name="What to try")
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(1)
    await page.window("alice").switch_to("Noor")
    await expect(steps.locator("[aria-current]")).to_contain_text("Noor sends /study now")
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(0)


async def test_reconnect(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """After a broken connection the page reconnects and shows messages sent meanwhile."""
    page = await open_page()
    connections: list[WebSocketRoute] = []

    def forward(connection: WebSocketRoute) -> None:
        connections.append(connection)
        connection.connect_to_server()

    await page.page.route_web_socket("**/live", forward)
    await page.page.reload()
    await expect(page.status("Bot")).to_contain_text("connected")
    sandbox.messages.append(  # the feed does not tell of it
        {"id": "5000", "channel_id": STUDY, "author": BOT, "timestamp": "2026-05-04T17:00:00Z", "content": "Meanwhile."}
    )
    await connections[0].close()
    await expect(page.window("alice").message("Meanwhile.")).to_be_visible()
