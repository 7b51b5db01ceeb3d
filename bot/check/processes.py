"""What the running processes have told the database about themselves, and whether it still holds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot import store
from bot.chat.setup.checks.operator_texts import COMMANDS_OLD, VIDEO_DOWN, operator_sentence
from bot.check.finding import Finding, describe_duration, found_fault, found_note, found_well
from bot.check.loops import SUBJECT, find_standing_loops, last_rounds
from bot.check.readyz import ReadyzAnswer
from bot.check.signs_of_life import SignsOfLife, describe_process, parts_of, read_signs
from bot.readiness import LOOPS, is_on_its_way
from bot.store.readiness import ReadinessState
from bot.words import words_for

CODES: Final = MappingProxyType({"video": VIDEO_DOWN, "commands": COMMANDS_OLD})
"""By word of readiness: what `/buddy check` says."""
NOT_RUNNING: Final = "Hey Buddy isn't running"


async def check_processes(
    database: store.Inspector, answers: Sequence[ReadyzAnswer], now: datetime
) -> Sequence[Finding]:
    """Look at all processes that use `database`; `answers` are those of the page. Writes nothing."""
    inspection, held = await _inspect_current(database), database.held_locks()
    if inspection is not None:
        return describe_processes(read_signs(inspection, held or (), now), answers)
    # Without locks, nobody knows who uses a database that cannot be read.
    return () if held or held is None else tuple(_describe_nobody(answers))


async def _inspect_current(database: store.Inspector) -> store.Inspection | None:
    """What processes have written; None if the database cannot tell, which its own check explains."""
    try:
        inspection = await database.inspect()
    except store.StoreError:
        return None
    return inspection if inspection.version in {0, inspection.wanted} else None


def describe_processes(signs: SignsOfLife, answers: Sequence[ReadyzAnswer] = ()) -> Sequence[Finding]:
    """Which loops stand still, what each process lacks, and who ended without stopping; or that nothing runs."""
    if not signs.recent:
        return tuple(_describe_silence(signs, answers))
    standing = find_standing_loops(signs)
    faults = [
        *(loops.finding(signs) for loops in standing),
        *_describe_losses(signs),
        *_describe_unconnected_shards(signs),
    ]
    found = faults or [found_well(SUBJECT, _describe_health(signs))]
    return (*found, *_describe_silent(signs, blamed=[loops.holder for loops in standing]))


def _describe_silence(signs: SignsOfLife, answers: Sequence[ReadyzAnswer]) -> Iterator[Finding]:
    """No process has written anything lately."""
    if any(signs.starts_now(loop) for loop in LOOPS):
        yield found_note(SUBJECT, "Hey Buddy is just starting: check again in half a minute")
    elif lead := signs.clock_lead(signs.alive):
        message = f"{describe_process(signs.held)} writes times that are {describe_duration(lead)} ahead"
        yield found_fault(SUBJECT, f"{message}: synchronise the clocks of its machine and this one with NTP")
    elif signs.held:
        age = _describe_age(signs.last_sign(signs.alive))
        message = (
            f"{describe_process(signs.held)} is alive, but has written nothing to this database{age}: it hangs, can't "
            "write, or still uses a file that was here before; see its log, then restart it"
        )
        yield found_fault(SUBJECT, message)
    elif not answers and (ended := {lease.holder for lease in signs.leases if not lease.is_released}):
        age = _describe_age(signs.last_sign(ended))
        yield found_fault(
            SUBJECT, f"{NOT_RUNNING}: it was killed or crashed; nothing was heard of it{age}; start it again"
        )
    else:
        yield from _describe_nobody(answers)


def _describe_nobody(answers: Sequence[ReadyzAnswer]) -> Iterator[Finding]:
    """No process uses this database; then a page that answers uses another one."""
    if not answers:
        yield found_note(SUBJECT, NOT_RUNNING)
    for answer in answers[:1]:
        message = f"{answer.url} answers, but no process uses this database: run this check where that page runs"
        yield found_fault(SUBJECT, message)


def _describe_losses(signs: SignsOfLife) -> Iterator[Finding]:
    """What is missing, and why, the same in several processes once; a note while it is on its way.

    Loops are looked at by themselves.
    """
    losses: dict[tuple[str, str], list[ReadinessState]] = defaultdict(list)
    for state in signs.recent:
        if state.reason is not None and state.word not in LOOPS:
            losses[state.word, state.reason].append(state)
    for (word, reason), states in losses.items():
        for_long = describe_duration(max(signs.now - state.since for state in states))
        processes = _describe_all(signs.describe(state.holder) for state in states)
        if all(is_on_its_way(reason, state.seen_at - state.since) for state in states):
            yield found_note(SUBJECT, f"{word} isn't ready yet in {processes}: {reason} Check again in half a minute.")
        else:
            message = f"{word} hasn't been ready for {for_long} in {processes}: {reason}"
            yield found_fault(SUBJECT, f"{_as_admins_read_it(word)}{message}")


def _as_admins_read_it(word: str) -> str:
    """The sentence that `/buddy check` has about what is missing; empty if it has none."""
    code = CODES.get(word)
    return f"{operator_sentence(words_for(), code)} " if code else ""


def _describe_unconnected_shards(signs: SignsOfLife) -> Iterator[Finding]:
    """Another process cannot take over what Discord tells of other servers."""
    missing, count = signs.unconnected_shards
    if missing:
        shards = ",".join(map(str, missing))
        message = (
            f"no process connects shard {shards} of {count}, so nobody in its servers gets an answer: start one with "
            f"`heybuddy run --parts chat --shard-ids {shards}`"
        )
        yield found_fault(SUBJECT, message)


def _describe_all(processes: Iterable[str]) -> str:
    """The processes in words; several that run the same parts are counted."""
    counted = Counter(processes)
    return " and ".join(
        name if count == 1 else f"{count} processes{name.partition('process')[2]}" for name, count in counted.items()
    )


def _describe_silent(signs: SignsOfLife, *, blamed: Collection[str | None]) -> Iterator[Finding]:
    """Processes that neither write nor were stopped properly, while others go on and no loop stands still for it.

    A note if one that runs the same parts was started since, each for one; a fault otherwise.
    """
    recent = {state.holder for state in signs.recent}
    free = sorted(recent)
    for holder in sorted({state.holder for state in signs.states} - recent - {*blamed}):
        age = _describe_age(signs.last_sign([holder]))
        message = f"{signs.describe(holder)} was killed or hangs; nothing was heard of it{age}"
        successor = next(filter(signs.may_replace(holder), free), None)
        if successor is None:
            yield found_fault(SUBJECT, f"{message}, and none was started in its place: see its log, then restart it")
        else:
            free.remove(successor)
            yield found_note(SUBJECT, f"{message}, and another one was started in its place")


def _describe_health(signs: SignsOfLife) -> str:
    holders = sorted({state.holder for state in signs.recent})
    parts = [parts_of(state.word for state in signs.recent if state.holder == holder) for holder in holders]
    rounds = ", ".join(last_rounds(signs))
    processes = (
        f"{len(parts)} {'process is' if len(parts) == 1 else 'processes are'} ready: {' | '.join(sorted(parts))}"
    )
    return f"{processes}; last rounds: {rounds}" if rounds else f"{processes}; no round is finished yet"


def _describe_age(age: timedelta | None) -> str:
    return f" for {describe_duration(age)}" if age is not None else ""
