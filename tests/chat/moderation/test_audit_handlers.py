"""`/buddy audit`: the newest first, people by name where they are known, and nothing about whoever looks."""

from bot.store.database import Statement
from bot.store.times import to_ms
from tests.chat.chat_harness import ChatHarness
from tests.chat.moderation.reading import SECRET, report_waits
from tests.chat.shown import labels_of, message_of, text_of


async def test_the_newest_comes_first(harness: ChatHarness) -> None:
    """With who did it, about whom, the rule and the sentence; never what a reporter wrote, nor who that was."""
    desk = await report_waits(harness)
    await desk.decide(await desk.opened(), "warn", rule=["2"], sentence="Be nice.")
    shown = await desk.dana.slash(harness.study, "buddy audit")
    assert shown.ephemeral
    text = text_of(shown)
    rita, bob, alice = desk.rita.id, desk.story.bob.id, desk.story.alice.id
    warned = f"<@{rita}> warned <@{bob}>. Report 1. Rule 2.\n> Be nice."
    opened = f"<@{rita}> opened a report about <@{bob}>. Report 1."
    assert text.index(warned) < text.index(opened)
    assert str(alice) not in text
    assert SECRET not in text


async def test_nobody_reads_about_themselves(harness: ChatHarness) -> None:
    """An admin who was banned sees nothing of it."""
    await harness.set_up()
    dana, eve = harness.admin("Dana"), harness.admin("Eve")
    await dana.slash(harness.study, "buddy ban", member=eve, reason="Why.")
    assert "Nothing yet." in text_of(await eve.slash(harness.study, "buddy audit"))
    assert f"<@{dana.id}> banned <@{eve.id}>." in text_of(await dana.slash(harness.study, "buddy audit"))


async def test_who_has_deleted_their_data_has_no_name(harness: ChatHarness) -> None:
    """What was done stays."""
    await harness.set_up()
    dana, alice = harness.admin("Dana"), harness.member("Alice")
    await dana.slash(harness.study, "buddy ban", member=alice, reason="Why.")
    await forget_names(harness)
    await dana.slash(harness.study, "buddy ban", member=harness.member("Bob"), reason="Why.")
    assert f"<@{dana.id}> banned a former member." in text_of(await dana.slash(harness.study, "buddy audit"))


async def forget_names(harness: ChatHarness) -> None:
    """Nobody named in the audit so far is known by name any more, as after the deletion of their data."""
    later = to_ms(harness.clock.now()) + 1
    forgotten = Statement(name="pseudonyms.delete_expired", values={"before": later, "limit": 99})
    await harness.store.audit._database.write([forgotten])


async def test_many_entries_have_pages(harness: ChatHarness) -> None:
    """As far as there are any."""
    await harness.set_up()
    dana, alice = harness.admin("Dana"), harness.member("Alice")
    for _ in range(4):
        for command in ("ban", "unban"):
            await dana.slash(harness.study, f"buddy {command}", member=alice, reason="Why.")
    message = message_of(await dana.slash(harness.study, "buddy audit"))
    assert labels_of(message) == ["Next page"]
    await dana.click(message, label="Next page")
    assert labels_of(message) == ["Previous page"]
    assert text_of(message).count("banned") == 1
