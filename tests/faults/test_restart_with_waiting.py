"""A restart while fifty wait: everybody keeps their place and their time, and is matched afterwards."""

import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.ticket import Ticket, Wishes
from bot.sandbox.discord.fake_discord import Person
from bot.store import Store
from tests.faults.bots import ALL_PARTS, BotProcess, Guild, open_guild
from tests.faults.new_database import OpenDatabase
from tests.faults.repetitions import Repetitions, row
from tests.store.invariants import broken_invariants
from tests.store.scenario import agree_to_rules

WAITING = 50
WAIT = timedelta(minutes=14)
READY_WITHIN = 10.0  # seconds


def ticket_of(guild: Guild, person: Person, language: str, waited: timedelta) -> Ticket:
    """The ticket of somebody who has waited so long and speaks one language."""
    now = guild.clock.now()
    since = now.replace(microsecond=now.microsecond // 1000 * 1000) - waited
    server = guild.fake_discord.guild_id
    return Ticket(
        id=new_id(guild.clock),
        member_id=person.id,
        server_id=server,
        pool=str(server),
        name=person.name,
        wishes=replace(Wishes(subject="Maths"), languages=(language,)),
        waiting_since=since,
        expires_at=since + WAIT,
    )


async def let_fifty_wait(guild: Guild, store: Store) -> Sequence[Ticket]:
    """Fifty who share no language, the longest wait first."""
    tickets = []
    for number in range(WAITING):
        person = guild.fake_discord.add_person(f"Waiting{number}")
        tickets.append(ticket_of(guild, person, f"language {number}", timedelta(seconds=WAITING - number)))
        await agree_to_rules(store, guild.fake_discord.guild_id, person.id, guild.clock.now())
        await store.tickets.start_waiting(tickets[-1])
    return tickets


async def waiting_now(store: Store, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    """Those of `tickets` that wait, the longest wait first."""
    found = [await store.tickets.find_by_member(ticket.member_id) for ticket in tickets]
    return sorted((each for each in found if each), key=lambda each: (each.waiting_since, each.id))


async def restart(guild: Guild, running: BotProcess, ends_by: signal.Signals) -> float:
    """End the bot by a signal and start another. Returns after how many seconds it was ready."""
    running.send_signal(ends_by)
    status = await running.wait_until_dead()
    assert status == (0 if ends_by is signal.SIGTERM else -signal.SIGKILL)
    started_at = guild.clock.monotonic()
    guild.start(parts=ALL_PARTS)
    await guild.wait_until_ready()
    return guild.clock.monotonic() - started_at


@row(full=50, dose=1, on_postgres=(50, 1))
@pytest.mark.parametrize("ends_by", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: str(number.name))
async def test_restart_with_waiting(
    repetitions: Repetitions, open_database: OpenDatabase, ends_by: signal.Signals
) -> None:
    """The bot ended and started again while 50 wait; then each of five gets a partner."""
    for number in repetitions:
        async with open_database() as place, open_guild(*place, students=2) as (guild, store):
            running = guild.start(parts=ALL_PARTS)
            await guild.wait_until_ready()
            before = await let_fifty_wait(guild, store)
            seconds = await restart(guild, running, ends_by)
            assert seconds <= READY_WITHIN
            repetitions.note("seconds until ready", seconds)
            assert await waiting_now(store, before) == before
            guild.end_leases_of_dead()
            await require_partners(guild, store, before[number % 10 :: 10])
            guild.kill_all()
            assert await broken_invariants(store) == []


async def require_partners(guild: Guild, store: Store, waiting: Sequence[Ticket]) -> None:
    """For each of `waiting` somebody comes who speaks their language, and the two are matched."""
    partners = {}
    for ticket in waiting:
        person = guild.fake_discord.add_person(f"Partner of {ticket.name}")
        partners[ticket.member_id] = person
        await agree_to_rules(store, guild.fake_discord.guild_id, person.id, guild.clock.now())
        await store.tickets.start_waiting(ticket_of(guild, person, ticket.wishes.languages[0], timedelta()))

    async def are_matched() -> bool:
        seats = {member: await store.matches.find_by_member(member) for member in partners}
        return all(seat and seat.partner.member_id == partners[member].id for member, seat in seats.items())

    await guild.wait_until(are_matched, "not all who have a partner are matched")
