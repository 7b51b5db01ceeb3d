"""Members with something in every table, deleting it, and what can be read afterwards."""

from collections.abc import Mapping, Sequence

from bot.domain.match import EndReason
from bot.domain.message import Delivered
from bot.domain.pseudonym import nobody_of, pseudonym_of
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from bot.domain.room import MediaSource
from bot.domain.ticket import Wishes
from bot.store import Store
from bot.store.interactions import Interaction
from bot.store.postponed_searches import PostponedSearch
from bot.store.presence import Track
from tests.loops.factories import open_server
from tests.store.many_rows import FILL
from tests.store.opening import PRIVACY_KEY
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Meeting, Scenario

ALICE, BOB, EVE = 100_000_000_000_000_101, 100_000_000_000_000_102, 100_000_000_000_000_103
"""Ids as long as Discord's, so that each can be found anywhere in the database."""
ALICE_AWAY = pseudonym_of(PRIVACY_KEY, ALICE)
NOBODY = nobody_of(b"01234567")


async def erase(scenario: Scenario, member_id: int = ALICE) -> None:
    await scenario.store.personal_data.erase(member_id, nobody=NOBODY, now=scenario.clock.now())


async def finish(scenario: Scenario) -> None:
    """What the janitor does once a minute."""
    await scenario.store.personal_data.finish_erasing(nobody=NOBODY, now=scenario.clock.now())


async def export(scenario: Scenario, member_id: int = ALICE) -> Mapping[str, Sequence[Mapping[str, object]]]:
    return (await scenario.store.personal_data.read(member_id, scenario.clock.now())).tables


async def tables_with(store: Store, *texts: object) -> set[str]:
    """The tables in which one of these can be read somewhere."""
    found: set[str] = set()
    for table in FILL:
        cells = str(await fetch_rows(store, f"SELECT * FROM {table}"))  # noqa: S608 -- our own names
        if any(str(text) in cells for text in texts):
            found.add(table)
    return found


def hold_of(scenario: Scenario, member_id: int) -> Restriction:
    now = scenario.clock.now()
    return Restriction(
        id="HOLD-OF-REPORT-27",
        kind=RestrictionKind.HOLD,
        member_id=member_id,
        server_id=SERVER,
        since=now,
        until=now + HOLD_FOR,
        report_id="REPORT-27",
    )


async def met(scenario: Scenario) -> Meeting:
    """Alice and Bob have been in the room for twenty minutes; the match has ended just now."""
    meeting = await scenario.matched(ALICE, BOB)
    await send_everything(scenario)
    assert await scenario.redeem(meeting.tokens[0], "cookie of Alice")
    await scenario.in_the_room(meeting)
    camera = Track(seat_id=meeting.seats[0], source=MediaSource.CAMERA, track_sid="TR_0", sid="PA_0")
    await scenario.store.presence.track_published(camera, meeting.room_name, scenario.clock.now())
    scenario.clock.pass_time(minutes=20)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.pass_time(seconds=11)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    return meeting


async def fill_every_table(scenario: Scenario) -> Meeting:
    """Alice has met Bob, waits again, and has something in every table that holds something about members."""
    store, clock = scenario.store, scenario.clock
    await open_server(store)
    meeting = await met(scenario)
    now = clock.now()
    await store.blocks.add(ALICE, BOB, now)
    await store.blocks.add(EVE, ALICE, now)
    await store.members.save_dm_channel(ALICE, 7, now)
    await store.interactions.save(ALICE, Interaction(encrypted_token="sealed", opened_at=now))
    await store.setup_drafts.save(SERVER, ALICE, {"subjects": "Typed by Alice"}, now)
    await scenario.waiting(ALICE)
    wishes = Wishes(subject="Physics")
    await store.postponed_searches.save(ALICE, PostponedSearch(server_id=SERVER, wishes=wishes, remembered=wishes), now)
    await change_rows(store, f"INSERT INTO gate_reminders VALUES ({SERVER}, {ALICE}, 1, 'en', 1)")  # noqa: S608 -- ids
    await store.restrictions.add(hold_of(scenario, ALICE), now)
    await fill_tables_of_reports(store, ALICE, BOB, EVE)
    return meeting


async def fill_tables_of_reports(store: Store, alice: int, bob: int, eve: int, *, number: int = 1) -> None:
    """Alice has reported Bob, and Eve has reported her; she asks for two second looks, and belongs to the staff.

    The reports have this odd number and the next one.
    """
    report = """reports (id, server_id, number, match_id, side, reporter_id, reporter_locale, reported_id,
      reported_locale, place, reason, words, evidence, filed_at, counts_at, announced, blocked_before, about_staff,
      to_operator, kept_until)"""
    rest, away = "'null', 1, 1, 1, 0, 0, 0, 1", pseudonym_of(PRIVACY_KEY, alice)
    own, other = number, number + 1
    how = "'room', 'hate'"
    rows = [
        (
            report,
            f"'{own}', {SERVER}, {own}, '{own}', 0, {alice}, 'en', {bob}, 'en', {how}, 'Written by Alice', {rest}",
        ),
        (
            report,
            f"'{other}', {SERVER}, {other}, '{other}', 0, {eve}, 'en', {alice}, 'en', {how}, 'Written by Eve', {rest}",
        ),
        ("appeals (report_id, side, words, asked_at)", f"'{own}', 'reporter', 'Asked by Alice', 1"),
        ("appeals (report_id, side, words, asked_at)", f"'{other}', 'reported', 'Asked by Alice', 1"),
        ("malicious_reporters", f"'{own}', {alice}, 1"),
        ("former_reporters", f"'undone {own}', {away}, 1"),
        ("staff_members", f"{SERVER}, {alice}, 1, 1"),
        ("pseudonyms", f"{away}, {alice}, 1"),
        ("audit (server_id, actor, action, at)", f"{SERVER}, {away}, 'opened', 1"),
    ]
    for table, values in rows:
        await change_rows(store, f"INSERT INTO {table} VALUES ({values})")  # noqa: S608 -- our own names and ids


async def send_everything(scenario: Scenario) -> None:
    fence = await scenario.fence("courier")
    for message in await scenario.store.outbox.find_due(scenario.clock.now(), 9):
        await scenario.store.outbox.mark_sent(message, Delivered(), scenario.clock.now(), fence)
