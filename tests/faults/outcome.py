"""What must have come of it when two students have asked for a partner, whatever has happened to the bots."""

from bot.domain.invitation import digest
from bot.store import Store
from tests.faults.bots import Guild
from tests.store.invariants import broken_invariants
from tests.web.browsers import OTHER_ATTEMPT, Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms


async def is_settled(store: Store) -> bool:
    """Whether no message is left to be sent."""
    return await store.outbox.next_due_at() is None


async def require_one_match(guild: Guild, store: Store) -> None:
    """Each student has one link, which leads to their seat once; the two sit in one match, and all invariants hold."""
    links = {student.id: guild.links(student) for student in guild.students}
    assert [len(tokens) for tokens in links.values()] == [1, 1]
    matches = {await _match_behind(member, token, store) for member, (token,) in links.items()}
    assert len(matches) == 1
    async with make_web_part(store, guild.clock).serve(ScriptedRooms()) as site:
        browsers = Browsers(site.port)
        for (token,) in links.values():
            assert (await browsers.open().redeem(token)).status == 201
            assert (await browsers.open().redeem(token, attempt=OTHER_ATTEMPT)).status == 410
        await browsers.close()
    assert await broken_invariants(store) == []


async def _match_behind(member: int, token: str, store: Store) -> str:
    """The match to which a link of this member leads."""
    invitation = await store.invitations.find_by_token(digest(token))
    seat = await store.matches.find_by_member(member)
    assert invitation is not None
    assert seat is not None
    assert invitation.seat_id == seat.own.id
    return seat.match.id
