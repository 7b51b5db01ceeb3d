"""The answers to Discord while a member types."""

import asyncio
from typing import Any

import pytest

from bot.chat.search.member_wishes import MemberWishes
from bot.chat.ui import replies
from bot.domain.server import Subject
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness

STORE_CALLS = [("servers", "get"), ("tickets", "find_by_member"), ("members", "last_wishes")]


async def choices_of(harness: ChatHarness, member: Any, option: str, typed: str = "") -> list[str]:
    """The names of what is suggested."""
    return [choice["name"] for choice in await member.autocomplete(harness.study, "study now", option, typed)]


async def test_every_option_from_a_list_suggests_what_this_server_offers(harness: ChatHarness) -> None:
    """Subjects, lengths and languages; style, camera and level are choices of the command itself."""
    await harness.set_up(subjects=(Subject(name="Law"),), lengths=(25, 75), languages=("pt", "no"))
    alice = harness.member("Alice")
    assert await choices_of(harness, alice, "subject") == ["Law", "Any subject"]
    assert await choices_of(harness, alice, "length") == ["25 minutes", "75 minutes", "Any length"]
    assert await choices_of(harness, alice, "language") == ["Português", "Norsk"]
    [now] = [command for command in harness.synced_commands("study") if command["name"] == "now"]
    free = [each["name"] for each in now["options"] if not each.get("choices") and not each.get("autocomplete")]
    assert free == ["wait"]


async def test_whatever_is_suggested_is_accepted(harness: ChatHarness) -> None:
    """The value of each choice of each option starts a search with it."""
    await harness.set_up()
    alice = harness.member("Alice")
    for option in ("subject", "length", "language"):
        for choice in await alice.autocomplete(harness.study, "study now", option, ""):
            await alice.slash(harness.study, "study now", **{option: choice["value"]})
            ticket = await harness.store.tickets.find_by_member(alice.id)
            assert ticket is not None
            wishes = ticket.wishes
            found = {
                "subject": wishes.subject,
                "length": ",".join(map(str, wishes.lengths)),
                "language": wishes.languages[0],
            }
            assert choice["value"] in {found[option], "any"}


async def test_direct_messages_suggest_what_the_last_server_offers(harness: ChatHarness) -> None:
    """And nothing before the first search, when no server is known."""
    await harness.set_up()
    alice = harness.member("Alice")
    assert await alice.user.autocomplete("study now", "length", "") == []
    await alice.slash(harness.study, "study now")
    for option, names in {
        "subject": ["Physics", "Maths", "Any subject"],
        "length": ["25 minutes", "50 minutes", "Any length"],
        "language": ["English", "Deutsch"],
    }.items():
        assert [each["name"] for each in await alice.user.autocomplete("study now", option, "")] == names


def assert_logged_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    """No traceback: it is no mistake of ours."""
    assert any("gets no suggestions" in line for line in caplog.messages)
    assert [record for record in caplog.records if record.exc_info] == []


async def test_the_answer_arrives_while_the_store_is_slow(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Within the three seconds that Discord waits, and with nothing that the server may not offer."""
    await harness.set_up()
    alice = harness.member("Alice")
    assert replies.SUGGEST_WITHIN < 3
    monkeypatch.setattr(replies, "SUGGEST_WITHIN", 0)  # the stand-in moves no clock meanwhile

    async def never_answers(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(MemberWishes, "server", never_answers)
    assert await choices_of(harness, alice, "subject", "phy") == ["Any subject"]
    assert await choices_of(harness, alice, "length", "25") == ["Any length"]
    assert await choices_of(harness, alice, "language", "en") == []
    assert_logged_in_a_sentence(caplog)


@pytest.mark.parametrize(("part", "method"), STORE_CALLS)
async def test_the_answer_arrives_while_the_store_is_gone(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str, method: str
) -> None:
    """Whatever it was asked; also in direct messages."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(type(getattr(harness.store, part)), method, unavailable)
    suggested = await alice.user.autocomplete("study now", "subject", "phy")
    assert [each["name"] for each in suggested] == ["Any subject"]
    assert_logged_in_a_sentence(caplog)


async def test_the_answer_arrives_after_a_mistake_of_ours(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the traceback."""
    await harness.set_up()

    async def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MemberWishes, "server", mistaken)
    assert await choices_of(harness, harness.member("Alice"), "subject") == ["Any subject"]
    [logged] = [record for record in caplog.records if record.exc_info]
    assert "gets no suggestions" in logged.message


async def test_an_open_range_of_lengths_is_suggested(harness: ChatHarness) -> None:
    """An open range, such as "50+", needs the lengths of the server: before they are known it means none."""
    await harness.set_up(lengths=(25, 50, 75))
    assert (await choices_of(harness, harness.member("Alice"), "length", "50+"))[0] == "50 or 75 minutes"
