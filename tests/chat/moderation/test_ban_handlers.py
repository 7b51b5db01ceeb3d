"""`/buddy ban` and `/buddy unban`: for admins, at once, with a reason that only the audit has."""

from bot.domain.report_reader import Reader, ReportAction
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import labels_of, text_of

WHY = "Rude to two people."


async def test_a_ban_ends_search_and_session_quietly(harness: ChatHarness) -> None:
    """The partner keeps the seat and gets no message; the banned member reads it when they search."""
    await harness.set_up()
    dana, alice, bob = harness.admin("Dana"), harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    shown = await dana.slash(harness.study, "buddy ban", member=alice, reason=WHY)
    assert shown.ephemeral
    assert "Alice won't be matched here" in text_of(shown)
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.matches.find_by_member(bob.id) is not None
    assert await harness.store.outbox.find_due(harness.clock.now(), 10) == []
    refusal = await alice.slash(harness.study, "study now")
    assert "Pairing is closed for you" in text_of(refusal)
    assert WHY not in text_of(refusal)
    assert labels_of(await alice.slash(harness.study, "study status")) == []


async def test_a_ban_is_lifted(harness: ChatHarness) -> None:
    """By another command, with a reason of its own; both are in the audit."""
    await harness.set_up()
    dana, eve, alice = harness.admin("Dana"), harness.admin("Eve"), harness.member("Alice")
    await dana.slash(harness.study, "buddy ban", member=alice, reason=WHY)
    assert "Banned already" in text_of(await eve.slash(harness.study, "buddy ban", member=alice, reason=WHY))
    shown = await eve.slash(harness.study, "buddy unban", member=alice, reason="She said sorry.")
    assert "Alice can be matched here again." in text_of(shown)
    assert "Not banned" in text_of(await eve.slash(harness.study, "buddy unban", member=alice, reason="Again."))
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))
    audit = await harness.store.audit.list_newest(Reader(member_id=1, server_id=harness.guild.id), limit=9)
    assert [(each.action, each.actor_id, each.sentence) for each in audit] == [
        (ReportAction.UNBANNED, eve.id, "She said sorry."),
        (ReportAction.BANNED, dana.id, WHY),
    ]


async def test_who_has_left_the_server_can_be_banned(harness: ChatHarness) -> None:
    """By their id; it holds when they come back."""
    await harness.set_up()
    dana, user = harness.admin("Dana"), harness.env.create_user("gone", global_name="Gone")
    await dana.slash(harness.study, "buddy ban", member=user, reason=WHY)
    back = harness.guild.add_member(user)
    assert "Pairing is closed for you" in text_of(await back.slash(harness.study, "study now"))


async def test_nobody_bans_or_unbans_themselves(harness: ChatHarness) -> None:
    """Nor an app; an admin who is banned cannot let themselves in."""
    await harness.set_up()
    dana, eve = harness.admin("Dana"), harness.admin("Eve")
    app = harness.guild.add_member(harness.env.create_user("helper", bot=True))
    assert "That's you" in text_of(await dana.slash(harness.study, "buddy ban", member=dana, reason=WHY))
    assert "That's an app" in text_of(await dana.slash(harness.study, "buddy ban", member=app, reason=WHY))
    await eve.slash(harness.study, "buddy ban", member=dana, reason=WHY)
    assert "That's you" in text_of(await dana.slash(harness.study, "buddy unban", member=dana, reason=WHY))
    assert "Pairing is closed for you" in text_of(await dana.slash(harness.study, "study now"))


async def test_only_admins_do_it(harness: ChatHarness) -> None:
    """Discord hides the commands from others; where its settings show them all the same, they are refused."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for command in ("buddy ban", "buddy unban", "buddy audit"):
        assert command not in alice.available_commands(harness.study)
    dana = harness.admin("Dana")
    offered = harness.env.backend.visible_commands(user_id=dana.id, channel_id=harness.study.id)
    buddy = next(int(each["id"]) for each in offered if each["name"] == "buddy")
    harness.guild.set_command_permissions(buddy, {harness.guild.default_role: True})
    shown = await alice.slash(harness.study, "buddy ban", member=bob, reason=WHY)
    assert "This is for admins" in text_of(shown)
    assert "This is for admins" in text_of(await alice.slash(harness.study, "buddy audit"))
    assert await harness.store.restrictions.find_active(harness.guild.id, bob.id, harness.clock.now()) == []
