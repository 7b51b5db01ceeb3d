"""Second looks in the list: one for each side, and not by whoever decided while another reader exists."""

from bot.domain.report_reader import Reader
from bot.domain.restriction import RestrictionKind
from tests.chat.chat_harness import ChatHarness
from tests.chat.moderation.reading import Desk, report_waits
from tests.chat.outbox import deliver_all
from tests.chat.shown import custom_id_of, labels_of, message_of, text_of


async def paused(harness: ChatHarness) -> Desk:
    """Rita has paused Bob for a week, who asks for a second look; Sam is known to read reports as well."""
    desk = await report_waits(harness, "sexual")
    await desk.list(desk.sam)
    await desk.decide(await desk.opened(), "pause", days="7")
    await harness.store.report_timers.begin_sanctions(harness.clock.now())
    await deliver_all(harness)
    bob = desk.story.bob.user
    form = await bob.click(harness.last_direct_message(desk.story.bob), label="Second look")
    await bob.submit_modal(form, {"words": "It was a joke."})
    return desk


async def kinds(desk: Desk) -> list[RestrictionKind]:
    """What restricts Bob."""
    store, now = desk.harness.store, desk.harness.clock.now()
    return [each.kind for each in await store.restrictions.find_active(desk.harness.guild.id, desk.story.bob.id, now)]


async def test_an_appeal_is_in_the_same_list(harness: ChatHarness) -> None:
    """Opened, it has the report, what was decided, and the words of whoever asks."""
    desk = await paused(harness)
    message = message_of(await desk.list(desk.sam))
    assert "Second look, report 1" in text_of(message)
    await desk.sam.click(message, custom_id=custom_id_of(message, "hb:rep:second"))
    text = text_of(message)
    for part in ("a pause of 7 days, rule 1", "> So it is.", "The reported member asks", "> It was a joke."):
        assert part in text
    assert labels_of(message) == ["Nothing changes", "Take it back", "Back to the list"]


async def test_another_reader_takes_it_back(harness: ChatHarness) -> None:
    """The pause ends at once, and its member is told."""
    desk = await paused(harness)
    assert await kinds(desk) == [RestrictionKind.PAUSE]
    message = message_of(await desk.list(desk.sam))
    await desk.sam.click(message, custom_id=custom_id_of(message, "hb:rep:second"))
    await desk.submit(message, "hb:rep:appeal:reported:lifted", desk.sam, sentence="It was a joke.")
    assert "Taken back." in text_of(message)
    assert await kinds(desk) == []
    await deliver_all(harness)
    assert "You can be matched in Study Hall" in text_of(harness.last_direct_message(desk.story.bob))


async def test_the_decider_leaves_it_to_the_other_reader(harness: ChatHarness) -> None:
    """As long as there is one; their sentence comes back."""
    desk = await paused(harness)
    message = message_of(await desk.list(desk.rita))
    await desk.rita.click(message, custom_id=custom_id_of(message, "hb:rep:second"))
    answer = await desk.submit(message, "hb:rep:appeal:reported:upheld", sentence="I was right.")
    assert "You decided this yourself" in " ".join(map(text_of, answer.followups))
    assert any(each.attachments for each in answer.followups)
    assert await kinds(desk) == [RestrictionKind.PAUSE]
    await harness.store.staff_members.record(harness.guild.id, desk.sam.id, None, harness.clock.now())
    await desk.submit(message, "hb:rep:appeal:reported:upheld", sentence="I was right.")
    assert "Decided. Whoever asked will be told." in text_of(message)


async def test_the_reporter_has_it_decided_again(harness: ChatHarness) -> None:
    """The report waits again, and the list has it as a report."""
    desk = await report_waits(harness)
    await desk.list(desk.sam)
    await desk.decide(await desk.opened(), "close")
    await deliver_all(harness)
    alice = desk.story.alice.user
    form = await alice.click(harness.last_direct_message(desk.story.alice), label="Second look")
    await alice.submit_modal(form, {})
    message = message_of(await desk.list(desk.sam))
    await desk.sam.click(message, custom_id=custom_id_of(message, "hb:rep:second"))
    assert "They wrote nothing more." in text_of(message)
    await desk.submit(message, "hb:rep:appeal:reporter:reopened", desk.sam, sentence="There is more to it.")
    assert "**Report 1**" in text_of(message)
    reader = Reader(member_id=desk.dana.id, server_id=harness.guild.id)
    newest = (await harness.store.audit.list_newest(reader, limit=1))[0]
    assert (newest.action, newest.sentence) == ("reopened", "There is more to it.")
