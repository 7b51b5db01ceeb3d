"""What admins read in `/buddy check` and only the operator can mend is in `heybuddy check`, in the same words."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.setup.checks.operator_texts import LINK_REFUSED, MINORS_NOT_ALLOWED, NO_CONTACT
from bot.chat.setup.checks.problem import SetupProblem, problem_text
from bot.chat.setup.steps import Step
from bot.check.finding import Finding
from bot.check.operator import check_operator
from bot.config import Settings, load_settings
from bot.domain.server import Audience
from bot.store import PoolSettings, inspector_of
from bot.words import words_for
from tests.both_databases import on_both_databases
from tests.clocks import VirtualClock
from tests.loops.factories import open_server
from tests.store.rows import change_rows
from tests.store.scenario import Scenario

CONTACT = {"HEYBUDDY_OPS__SAFETY_CONTACT": "99"}
ADDRESS = "study.example.org"


def settings_with(**changed: str) -> Settings:
    """Complete settings with a safety contact, but for what is `changed`."""
    environment = {
        "DISCORD_TOKEN": "made-up",
        "HEYBUDDY_WEB__PUBLIC_URL": f"https://{ADDRESS}",
        "SESSION_SECRET": "x" * 32,
        "HEYBUDDY_PRIVACY__KEY": "x" * 32,
        **CONTACT,
        **changed,
    }
    return load_settings(environment=environment)


def admins_read(code: str, **values: str) -> str:
    """What `/buddy check` says, up to who can mend it."""
    text = problem_text(words_for(), SetupProblem(code=code, step=Step.LOOK, values=values))
    sentence, hint, _ = text.partition(words_for()("chat.check.operator_mends"))
    assert hint
    return sentence.strip()


async def found(scenario: Scenario, store_url: str, **changed: str) -> Sequence[Finding]:
    """What the check finds in the scenario's database."""
    inspector = inspector_of(store_url, PoolSettings())
    return await check_operator(settings_with(**changed), inspector, scenario.clock.now())


@on_both_databases
async def test_nothing_is_wrong(scenario: Scenario, store_url: str) -> None:
    """There is a contact, only adults are there, and Discord takes our links."""
    await open_server(scenario.store)
    await scenario.matched()
    assert await found(scenario, store_url) == ()


async def test_nobody_reads_reports_about_admins(scenario: Scenario, store_url: str) -> None:
    """A note, because an operator may want it so."""
    [finding] = await found(scenario, store_url, HEYBUDDY_OPS__SAFETY_CONTACT="0")
    assert (finding.subject, finding.is_note) == ("ops.safety_contact", True)
    assert finding.message == admins_read(NO_CONTACT)


@on_both_databases
async def test_servers_that_wait_to_be_allowed(scenario: Scenario, store_url: str) -> None:
    """Those with members under 18, and those that may have some, until the bot has left them or they are allowed."""
    server = await open_server(scenario.store)
    for number, audience in enumerate((Audience.MIXED, Audience.UNSURE, Audience.ADULTS), start=1):
        await scenario.store.servers.save(
            replace(server, server_id=number, audience=audience, version=0), expected_version=0
        )
    [finding] = await found(scenario, store_url)
    assert (finding.subject, finding.is_note) == ("privacy.allow_minors_without_login", True)
    assert finding.message == f"{admins_read(MINORS_NOT_ALLOWED)} Servers that wait for it: 2."
    await change_rows(scenario.store, "UPDATE servers SET left_at = 5 WHERE server_id = 1")
    assert "wait for it: 1." in (await found(scenario, store_url))[0].message
    assert await found(scenario, store_url, HEYBUDDY_PRIVACY__ALLOW_MINORS_WITHOUT_LOGIN="true") == ()


@on_both_databases
@pytest.mark.parametrize("code", [240000, 200000])
async def test_links_that_discord_refuses(scenario: Scenario, store_url: str, code: int) -> None:
    """In any server, within the last day."""
    await scenario.matched()
    fence = await scenario.fence("courier")
    [message, _] = await scenario.store.outbox.find_due(scenario.clock.now(), 10)
    reason = f"Discord refuses the request (400, code {code}: 400 Bad Request)"
    await scenario.store.outbox.mark_failed(message, reason=reason, now=scenario.clock.now(), fence=fence)
    [finding] = await found(scenario, store_url)
    assert (finding.subject, finding.ok) == ("web.public_url", False)
    assert finding.message.startswith(admins_read(LINK_REFUSED, address=ADDRESS))
    scenario.clock.pass_time(days=1, seconds=1)
    assert await found(scenario, store_url) == ()


@pytest.mark.parametrize("content", [None, b"no database", b""])
async def test_a_database_that_cannot_be_read_tells_nothing(content: bytes | None, tmp_path: Path) -> None:
    """Its own check says what is wrong with it; nothing is made there."""
    file = tmp_path / "check.sqlite3"
    if content is not None:
        file.write_bytes(content)
    inspector = inspector_of(f"sqlite:///{file}", PoolSettings())
    assert await check_operator(settings_with(), inspector, VirtualClock().now()) == ()
    assert file.exists() is (content is not None)
