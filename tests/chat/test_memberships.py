"""What the audit log of a server tells of members: who was kicked is gone at once, who was changed is asked about."""

import pytest
from discord import AuditLogAction

from bot.domain.server import Audience
from tests.chat.chat_harness import ChatHarness


async def enter_audit_log(harness: ChatHarness, action: AuditLogAction, target_id: int | None) -> None:
    """The gateway tells of an entry."""
    entry: dict[str, object] = {
        "id": "77",
        "guild_id": str(harness.guild.id),
        "action_type": action.value,
        "user_id": "1",
        "changes": [],
    }
    target = None if target_id is None else str(target_id)
    harness.env.backend.emit("GUILD_AUDIT_LOG_ENTRY_CREATE", {**entry, "target_id": target})
    await harness.env.settle()


@pytest.mark.parametrize("action", [AuditLogAction.kick, AuditLogAction.ban])
async def test_who_is_kicked_loses_the_search_at_once(harness: ChatHarness, action: AuditLogAction) -> None:
    """Nobody has to ask; the others wait on."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await member.slash(harness.study, "study now")
    await enter_audit_log(harness, action, alice.id)
    assert await harness.store.tickets.find_by_member(alice.id) is None
    assert await harness.store.tickets.find_by_member(bob.id) is not None


@pytest.mark.parametrize("action", [AuditLogAction.member_update, AuditLogAction.member_role_update])
async def test_who_is_changed_is_asked_about_at_once(harness: ChatHarness, action: AuditLogAction) -> None:
    """It may be a timeout or a role; only of those who wait or meet."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await alice.slash(harness.study, "study now")
    await bob.slash(harness.study, "study status")
    for member in (alice, bob):
        await enter_audit_log(harness, action, member.id)
    asked = await harness.store.memberships.open_questions([harness.guild.id], urgent=True, limit=9)
    assert [question.member_id for question in asked] == [alice.id]


@pytest.mark.parametrize("action", [AuditLogAction.member_prune, AuditLogAction.channel_update, AuditLogAction.unban])
async def test_other_entries_tell_nothing(harness: ChatHarness, action: AuditLogAction) -> None:
    """Of members; pruning names nobody."""
    await harness.set_up(audience=Audience.ADULTS)
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    target = None if action is AuditLogAction.member_prune else alice.id
    await enter_audit_log(harness, action, target)
    assert await harness.store.tickets.find_by_member(alice.id) is not None
    assert await harness.store.memberships.open_questions([harness.guild.id], urgent=True, limit=9) == []
