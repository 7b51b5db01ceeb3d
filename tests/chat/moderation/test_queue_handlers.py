"""`/reports`: what readers see, what nobody else sees; opening a report is in the audit and keeps others off."""

import discord
import pytest

from bot.domain.gate import account_created_at
from bot.domain.report import LOCK_FOR, UNDO_REPORT_FOR
from bot.domain.report_reader import Reader, ReportAction
from tests.chat.chat_harness import ChatHarness
from tests.chat.moderation.reading import SECRET, Desk, report_waits
from tests.chat.safety.report_stories import session_over, told
from tests.chat.setup.staff_room import texts_in
from tests.chat.shown import custom_id_of, custom_ids_of, labels_of, message_of, text_of


async def audit_of(desk: Desk) -> list[tuple[ReportAction, int | None]]:
    """What was done, the newest first, and by whom."""
    reader = Reader(member_id=desk.dana.id, server_id=desk.harness.guild.id)
    entries = await desk.harness.store.audit.list_newest(reader, limit=20)
    return [(each.action, each.actor_id) for each in entries]


async def test_the_list_has_number_reason_and_age(harness: ChatHarness) -> None:
    """And the figures; neither names nor words. Only the reader sees it."""
    desk = await report_waits(harness)
    shown = await desk.list()
    text = text_of(shown)
    assert shown.ephemeral
    assert "Reports in Study Hall" in text
    assert "Waiting: 1 · unread: 1 · on hold: 0" in text
    assert "Report 1" in text
    assert "hate or insults" in text
    for hidden in ("Alice", "Bob", SECRET, str(desk.story.alice.id), str(desk.story.bob.id)):
        assert hidden not in str(message_of(shown).components)
    assert await audit_of(desk) == []


async def test_an_opened_report_says_all_that_was_copied(harness: ChatHarness) -> None:
    """Both members, the words, the times and the next step of the ladder; opening and taking are in the audit."""
    desk = await report_waits(harness, "sexual")
    text = text_of(await desk.opened())
    for part in (
        f"About <@{desk.story.bob.id}>.",
        f"From <@{desk.story.alice.id}>. Don't tell anyone who wrote it.",
        f"> {SECRET}",
        "Matched for Maths",
        "Together in the room from",
        "The one who reported left first.",
        "Nothing was decided before about the same member.",
        "The next step would be a note.",
        "The reported member gets no new partner until",
        "You have this to yourself until",
        "with /study report",
        "The reported member sent: nothing that I know of.",
        f"The reported member's account was made <t:{int(account_created_at(desk.story.bob.id).timestamp())}:R>.",
        "They haven't left this server before.",
    ):
        assert part in text
    assert await audit_of(desk) == [(ReportAction.TAKEN, desk.rita.id), (ReportAction.OPENED, desk.rita.id)]
    assert (await desk.now()).read_at is not None


async def test_of_who_has_left_only_what_was_copied_is_told(harness: ChatHarness) -> None:
    """And that Discord does not answer keeps nobody from a report."""
    desk = await report_waits(harness)
    harness.env.backend.remove_member(harness.guild.id, desk.story.bob.id)
    text = text_of(await desk.opened())
    assert "The reported member sent" in text
    assert "account was made" not in text
    assert "left this server" not in text


async def test_who_else_looks_is_told_and_cannot_act(harness: ChatHarness) -> None:
    """For as long as the lock lasts; then it is theirs. Looking is in the audit all the same."""
    desk = await report_waits(harness)
    await desk.opened(desk.rita)
    locked = await desk.opened(desk.sam)
    assert "Someone else has this until" in text_of(locked)
    assert labels_of(locked) == ["Back to the list"]
    assert (await audit_of(desk))[0] == (ReportAction.OPENED, desk.sam.id)
    assert "taken until" in text_of(await desk.list(desk.sam))
    harness.clock.pass_time(seconds=LOCK_FOR.total_seconds())
    assert "You have this to yourself" in text_of(await desk.opened(desk.sam))


async def test_a_report_that_is_given_back_is_free(harness: ChatHarness) -> None:
    """The list comes back, and the other reader can act at once."""
    desk = await report_waits(harness)
    message = await desk.opened(desk.rita)
    await desk.rita.click(message, label="Back to the list")
    assert "Reports in Study Hall" in text_of(message)
    assert "You have this to yourself" in text_of(await desk.opened(desk.sam))


async def test_nobody_else_reads_reports(harness: ChatHarness) -> None:
    """Neither members nor, where a role was chosen, admins; a press on what they were sent is refused as well."""
    desk = await report_waits(harness)
    eve = harness.member("Eve")
    for member in (eve, desk.dana, desk.story.alice):
        shown = await desk.list(member)
        assert "This is for those who read reports" in text_of(shown)
        assert "hate" not in text_of(shown)
    alert = harness.guild.channels["staff"]
    assert "Report 1" in texts_in(harness, alert)[-1]


async def test_without_a_role_those_who_manage_the_server_read(harness: ChatHarness) -> None:
    """A member without a role does not, and an admin does."""
    story = await session_over(harness)
    await story.report("hate", SECRET)
    await told(harness)
    dana = harness.admin("Dana")
    assert "Report 1" in text_of(await dana.slash(harness.study, "reports"))
    assert "This is for those" in text_of(await harness.member("Eve").slash(harness.study, "reports"))


async def test_a_role_that_is_taken_away_ends_it_at_once(harness: ChatHarness) -> None:
    """The open message shows nothing more, and what was pressed there does nothing."""
    desk = await report_waits(harness)
    message = await desk.opened()
    harness.env.backend.remove_member_role(harness.guild.id, desk.rita.id, harness.guild.roles["Safety"].id)
    answer = await desk.submit(message, "hb:rep:decide:close", rule=["1"], sentence="So it is.")
    assert "This is for those who read reports" in " ".join(map(text_of, answer.followups))
    assert (await desk.now()).decided is None


async def test_the_reported_and_the_reporter_see_nothing_of_it(harness: ChatHarness) -> None:
    """Also if they read reports: the list is the same with and without it."""
    role = harness.guild.create_role("Safety")
    story = await session_over(harness, reader_role_id=role.id)
    for member in (story.alice, story.bob):
        harness.env.backend.add_member_role(harness.guild.id, member.id, role.id)
    before = [text_of(await each.slash(harness.study, "reports")) for each in (story.alice, story.bob)]
    await story.report("sexual", SECRET)
    harness.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    after = [text_of(await each.slash(harness.study, "reports")) for each in (story.alice, story.bob)]
    assert before == after == ["### Reports in Study Hall\nNothing is waiting."] * 2


async def test_who_knows_somebody_leaves_it_to_others(harness: ChatHarness) -> None:
    """It is gone for them, and unread for the other reader."""
    desk = await report_waits(harness)
    await desk.list(desk.sam)  # so that Sam is known to read reports
    message = await desk.opened()
    await desk.rita.click(message, label="I know this person")
    assert "You won't see that report again." in text_of(message)
    assert "Nothing is waiting." in text_of(message)
    assert "unread: 1" in text_of(await desk.list(desk.sam))


async def test_an_alert_opens_the_list_for_this_reader_alone(harness: ChatHarness) -> None:
    """The message in the staff's channel stays as it is."""
    desk = await report_waits(harness)
    channel = harness.guild.channels["staff"]
    before = texts_in(harness, channel)
    [alert] = [each for each in channel.history() if "hb:reports" in str(each.components)]
    shown = await desk.rita.click(alert, label="Open reports")
    assert shown.ephemeral
    assert "Report 1" in text_of(shown)
    assert texts_in(harness, channel) == before


async def test_many_reports_have_pages(harness: ChatHarness) -> None:
    """The oldest come first; a page that has gone is the last one."""
    role = harness.guild.create_role("Safety")
    await harness.set_up(reader_role_id=role.id)
    rita = harness.member("Rita", roles=[role])
    bob = harness.member("Bob")
    for number in range(9):
        member = harness.member(f"Member{number}")
        await harness.pair(member, bob)
        await member.submit_modal(await member.slash(harness.study, "study report"), {})
        await bob.slash(harness.study, "study leave")
        harness.clock.pass_time(minutes=31)
    message = message_of(await rita.slash(harness.study, "reports"))
    assert "Waiting: 9" in text_of(message)
    assert labels_of(message) == [*["Open"] * 7, "Next page", "Refresh"]
    assert "**Report 1**" in text_of(message)
    await rita.click(message, label="Next page")
    assert labels_of(message) == [*["Open"] * 2, "Previous page", "Refresh"]
    assert len(set(custom_ids_of(message))) == len(custom_ids_of(message))


async def test_long_words_come_as_a_file(harness: ChatHarness) -> None:
    """The message shows their beginning, and stays within Discord's limits whatever is in them."""
    words = "*" * 999
    desk = await report_waits(harness, "hate", words)
    message = await desk.opened()
    assert len(text_of(message)) < 4000
    shown = await desk.rita.click(message, label="All they wrote")
    [sent] = shown.followups
    assert sent.attachments[0].size == len(words)


async def test_a_report_of_another_server_is_not_found(harness: ChatHarness) -> None:
    """By who reads reports there: the list is empty, and the id leads nowhere."""
    desk = await report_waits(harness)
    guild, channel = await harness.second_server("Night Owls")
    boss = guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    stranger = guild.add_member(harness.env.create_user("stranger"), roles=[boss])
    assert "Nothing is waiting." in text_of(await stranger.slash(channel, "reports"))
    reader = Reader(member_id=stranger.id, server_id=guild.id)
    assert await harness.store.report_desk.find(desk.report.id, reader, harness.clock.now()) is None


async def test_the_restart_of_the_bot_loses_no_button(harness: ChatHarness) -> None:
    """Another process answers what the former one has shown."""
    desk = await report_waits(harness)
    message = message_of(await desk.list())
    await harness.restart()
    await desk.rita.click(message, custom_id=custom_id_of(message, "hb:rep:open"))
    assert SECRET in text_of(message)


@pytest.mark.parametrize("name", ["Rita", "Sam"])
async def test_opening_reads_it_for_everybody(harness: ChatHarness, name: str) -> None:
    """It no longer counts as unread."""
    desk = await report_waits(harness)
    await desk.opened(desk.rita if name == "Rita" else desk.sam)
    assert "unread: 0" in text_of(await desk.list(desk.sam))


async def test_the_list_says_when_an_undecided_report_was_last_opened(harness: ChatHarness) -> None:
    """Once nobody has it any more."""
    desk = await report_waits(harness)
    await desk.opened(desk.rita)
    last_opened = int(harness.clock.now().timestamp())
    assert "undecided" not in text_of(await desk.list(desk.sam))
    harness.clock.pass_time(seconds=LOCK_FOR.total_seconds())
    assert f"undecided, last opened <t:{last_opened}:R>" in text_of(await desk.list(desk.sam))
