"""The settings of servers, saved as a whole and never over another admin's change; servers that the bot has left."""

from dataclasses import replace

import pytest

from bot.domain.age_group import AgeGroup
from bot.domain.gate import Gate
from bot.domain.match import MatchState
from bot.domain.server import Audience, Closed, Server, Subject, is_open, pools_are_separated, why_closed
from bot.store import Store
from bot.store.servers import ChangedMeanwhile
from tests.loops.factories import make_janitor, open_server
from tests.store.opening import open_store
from tests.store.scenario import SERVER, Scenario
from tests.store.test_stale import drawn, show_card, shown


async def test_two_admins_do_not_overwrite_each_other(scenario: Scenario) -> None:
    """Saving over a version that is gone is refused, and everything that was saved is read back."""
    servers = scenario.store.servers
    subjects = (Subject(name="Art"), Subject(name="Maths", group="Sciences"))
    first = await servers.save(Server(server_id=SERVER, name="Hall ✏", subjects=subjects), expected_version=0)
    assert await servers.get(SERVER) == first
    second = await servers.save(replace(first, paused=True), expected_version=first.version)
    for expected_version in (0, first.version):
        with pytest.raises(ChangedMeanwhile):
            await servers.save(replace(first, name="Lost"), expected_version=expected_version)
    assert await servers.get(SERVER) == second


async def test_a_server_that_was_never_saved(scenario: Scenario) -> None:
    """It is None, and can be saved only with version 0."""
    assert await scenario.store.servers.get(SERVER) is None
    with pytest.raises(ChangedMeanwhile):
        await scenario.store.servers.save(Server(server_id=SERVER, name="Hall"), expected_version=1)
    assert await scenario.store.servers.get(SERVER) is None


@pytest.mark.parametrize(
    ("audience", "channel", "paused", "opened"),
    [
        ("adults", 1, False, True),
        ("adults", 1, True, False),
        ("adults", None, False, False),
        ("mixed", 1, False, False),
        ("unsure", 1, False, False),
        ("unsaid", 1, False, False),
    ],
)
async def test_tickets_wait_for_a_match_in_open_servers_only(
    scenario: Scenario, audience: str, channel: int | None, paused: bool, opened: bool
) -> None:
    """The stored flag equals the domain's answer."""
    server = Server(server_id=SERVER, name="Hall", audience=Audience(audience), channel_id=channel, paused=paused)
    await scenario.store.servers.save(server, expected_version=0)
    ticket = await scenario.waiting(1, age_group=AgeGroup.MINOR if pools_are_separated(server) else None)
    assert is_open(server) is opened
    assert await scenario.store.tickets.waiting_versions(scenario.clock.now()) == ({ticket.id: 1} if opened else {})


async def test_leaving_a_server_ends_its_searches_and_sends_nothing_more(scenario: Scenario) -> None:
    """Matches go on, silently. Repeating it changes nothing."""
    await open_server(scenario.store)
    meeting = await scenario.matched(1, 2)
    await scenario.waiting(3)
    outbox, servers = scenario.store.outbox, scenario.store.servers
    assert len(await outbox.find_due(scenario.clock.now(), 9)) == 2
    assert [await servers.leave(SERVER, scenario.clock.now()) for _ in range(2)] == [True, False]
    assert await scenario.waiting_tickets() == []
    assert await outbox.next_due_at() is None
    await scenario.in_the_room(meeting)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.match.state is MatchState.MEETING


@pytest.mark.parametrize("present", [(), (0,), (1,)])
@pytest.mark.parametrize("leaver", [None, 0, 1])
async def test_no_end_of_a_match_reaches_a_server_that_was_left(
    scenario: Scenario, present: tuple[int, ...], leaver: int | None
) -> None:
    """Reminder, no-show and cancellation write nothing, nobody is requeued, and the match ends as it would."""
    await open_server(scenario.store)
    meeting = await scenario.matched(1, 2)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    for side in present:
        await scenario.in_the_room(meeting, side)
    if leaver is not None:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[leaver], scenario.clock.now())
    for _ in range(16):
        await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
        assert await scenario.waiting_tickets() == []
        scenario.clock.pass_time(minutes=1)
    assert await scenario.store.outbox.next_due_at() is None
    assert await scenario.store.matches.find_by_member(1) is None


async def test_a_server_that_the_bot_enters_again(scenario: Scenario) -> None:
    """Members are matched there as before; a search begun in between is not, until then."""
    server = await open_server(scenario.store)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    ticket = await scenario.waiting(1)
    assert await scenario.store.tickets.waiting_versions(scenario.clock.now()) == {}
    assert [await scenario.store.servers.enter([SERVER, 7]) for _ in range(2)] == [[SERVER], []]
    assert await scenario.store.tickets.waiting_versions(scenario.clock.now()) == {ticket.id: 1}
    assert await scenario.store.servers.get(SERVER) == server


async def test_a_server_that_opens_or_closes_marks_the_cards_that_may_say_so(scenario: Scenario) -> None:
    """Those shown there, and those of members who have searched there; a start that finds nothing new marks none."""
    servers, clock = scenario.store.servers, scenario.clock
    await open_server(scenario.store)
    here, elsewhere, in_direct_messages = (1, SERVER), (2, SERVER + 1), (3, 0)
    for member_id, server_id in (here, elsewhere, in_direct_messages):
        await show_card(scenario, member_id, server_id=server_id)
    await scenario.waiting(in_direct_messages[0])
    assert await scenario.store.tickets.stop_waiting(in_direct_messages[0], clock.now())
    await drawn(scenario)
    marked = []
    for change in (
        lambda: open_server(scenario.store, paused=True),
        lambda: servers.leave(SERVER, clock.now()),
        lambda: servers.enter([SERVER, SERVER + 1]),
        lambda: servers.enter([SERVER, SERVER + 1]),
    ):
        await change()
        marked.append([member_id for member_id, _ in await shown(scenario)])
        await drawn(scenario)
    assert marked == [[1, 3], [1, 3], [1, 3], []]


async def test_saving_the_settings_shows_that_the_bot_is_there(scenario: Scenario) -> None:
    """Members who search are matched again, although joining could not be recorded."""
    await open_server(scenario.store)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    left = await scenario.store.servers.get(SERVER)
    assert left is not None
    assert why_closed(left) is Closed.BOT_REMOVED
    saved = await scenario.store.servers.save(left, expected_version=left.version)
    assert is_open(saved)
    assert await scenario.store.servers.get(SERVER) == saved
    ticket = await scenario.waiting(1)
    assert await scenario.store.tickets.waiting_versions(scenario.clock.now()) == {ticket.id: 1}


async def test_a_use_that_came_before_the_removal_does_not_undo_it(scenario: Scenario) -> None:
    """A command may still be on its way when the bot is removed; one that comes later shows that it is back."""
    await open_server(scenario.store)
    before = scenario.clock.now()
    scenario.clock.pass_time(seconds=1)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    assert await scenario.store.servers.enter([SERVER], seen_at=before) == []
    assert await scenario.store.servers.enter([SERVER], seen_at=scenario.clock.now()) == [SERVER]


async def test_a_forgotten_panel_is_not_written_back(scenario: Scenario) -> None:
    """By settings that were read before; posting it again is another thing."""
    servers = scenario.store.servers
    read = await servers.save(
        Server(server_id=SERVER, name="Hall", channel_id=7, panel_message_id=5), expected_version=0
    )
    assert await servers.forget_panel(SERVER, 7)
    paused = await servers.save(replace(read, paused=True), expected_version=read.version)
    assert paused == await servers.get(SERVER)
    assert paused.panel_message_id is None
    posted = await servers.save(replace(paused, panel_message_id=6), expected_version=paused.version, posts_panel=True)
    assert posted == await servers.get(SERVER)
    assert posted.panel_message_id == 6


def minors_server(**changes: object) -> Server:
    """A server with everything that one needs in which some are under 18."""
    server = Server(
        server_id=SERVER,
        name="Hall",
        audience=Audience.MIXED,
        channel_id=1,
        minor_role_id=11,
        adult_role_id=12,
        reader_role_id=13,
        minors_allowed=True,
    )
    return replace(server, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("audience", [Audience.MIXED, Audience.UNSURE])
@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({}, None),
        ({"minors_allowed": False}, Closed.MINORS_NOT_ALLOWED),
        ({"minor_role_id": None}, Closed.NO_AGE_ROLES),
        ({"adult_role_id": None}, Closed.NO_AGE_ROLES),
        ({"adult_role_id": 11}, Closed.NO_AGE_ROLES),
        ({"reader_role_id": None}, Closed.NO_READER),
        ({"channel_id": None}, Closed.NO_CHANNEL),
        ({"gate": Gate.STRICT}, Closed.NO_REQUIRED_ROLE),
        ({"gate": Gate.STRICT, "role_id": 14}, None),
        ({"gate": Gate.CAREFUL}, None),
        ({"gate": Gate.STRICT, "paused": True}, Closed.NO_REQUIRED_ROLE),
    ],
)
def test_what_a_server_needs_in_which_some_are_under_18(
    audience: Audience, changes: dict[str, object], closed: Closed | None
) -> None:
    """The operator's word, two different roles, and somebody who reads reports."""
    assert why_closed(minors_server(audience=audience, **changes)) is closed


async def test_the_operator_allows_and_forbids_servers_with_minors(store_url: str) -> None:
    """It counts from the next start on, for those that are set up already; their version stays."""
    async with open_store(store_url) as store:
        saved = await store.servers.save(minors_server(), expected_version=0)
        assert not saved.minors_allowed
        assert not await is_recorded_open(store)
    for minors_allowed in (True, True, False):
        async with open_store(store_url, minors_allowed=minors_allowed) as store:
            await store.servers.apply_minors_allowed()
            assert await is_recorded_open(store) is minors_allowed
            assert await store.servers.get(SERVER) == replace(saved, minors_allowed=minors_allowed)


async def is_recorded_open(store: Store) -> bool:
    [row] = await store.database.all("servers.find_separated")
    return bool(row["open"])
