"""Nothing is green while a loop stands still: who lives is told by locks, leases, rounds and what processes say."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.setup.checks.operator_texts import COMMANDS_OLD, VIDEO_DOWN
from bot.chat.setup.checks.problem import SetupProblem, problem_text
from bot.chat.setup.steps import Step
from bot.check.finding import Finding
from bot.check.processes import check_processes, describe_processes
from bot.check.readyz import ReadyzAnswer
from bot.check.signs_of_life import read_signs
from bot.readiness import CONNECTING, LOOPS
from bot.store import Inspection, SqliteInspector
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.times import to_ms
from bot.words import words_for
from tests.clocks import VirtualClock

NOW = VirtualClock().now()
Row = dict[str, object]
MATCHMAKER, REST = "holder-m", "holder-r"
OTHER_LOOPS = ("courier", "janitor", "rooms")
NO_LIVEKIT = "LiveKit doesn't answer"
DOWN = "Discord closed the connection"
PAGE = ReadyzAnswer(url="https://study.example.org/readyz", missing=())


WELL = "✓ 2 processes are ready: chat,web,janitor | matchmaker; last rounds: "
KILLED_OR_HANGS = "was killed or hangs; nothing was heard of it for 5 min, and another one was started in its place"
STOPPED_BADLY = "Hey Buddy isn't running: it was killed or crashed"


def ago(seconds: float) -> int:
    return to_ms(NOW - timedelta(seconds=seconds))


def state(word: str, *, holder: str = REST, reason: str | None = None, seen: float = 3, since: float = 90) -> Row:
    """A row of the table readiness; `seen` and `since` in seconds ago."""
    return {"holder": holder, "word": word, "reason": reason, "since": ago(since), "seen_at": ago(seen)}


def lease(
    name: str, *, holder: str = REST, stepped: float | None = 1, expires_in: float = 8, locked: bool = True
) -> Row:
    """A row of the table leases; `stepped` in seconds ago."""
    stepped_at = None if stepped is None else ago(stepped)
    return {
        "name": name,
        "holder": holder,
        "expires_at": ago(-expires_in),
        "locked": int(locked),
        "stepped_at": stepped_at,
    }


def released(name: str, *, stepped: float | None = 97) -> Row:
    """The row of a lease whose last holder has stopped in order."""
    return lease(name, stepped=stepped) | {"expires_at": 0, "locked": 0}


def running(
    *loops: str, holder: str = REST, stepped: float | None = 1, seen: float = 3, since: float = 90
) -> list[Row]:
    """What a process writes down that runs these loops and lacks nothing."""
    return [state(word, holder=holder, seen=seen, since=since) for word in ("store", *loops)]


REST_LEASES = [lease(name) for name in OTHER_LOOPS]
REST_STATES = running(*OTHER_LOOPS)


def describe(
    *states: Row,
    leases: Sequence[Row] = (),
    held: Collection[str] = LOOPS,
    answers: Sequence[ReadyzAnswer] = (),
    chats: Sequence[Row] = (),
) -> Sequence[Finding]:
    """What is found with these rows and held locks."""
    inspection = Inspection(version=4, wanted=4, leases=leases, readiness=states, chat_processes=chats)
    return describe_processes(read_signs(inspection, held, NOW), answers)


def shown(findings: Sequence[Finding]) -> list[str]:
    """Mark and sentence of each finding."""
    return [f"{'–' if each.is_note else '✓' if each.ok else '✗'} {each.message}" for each in findings]  # noqa: RUF001


def test_all_is_well() -> None:
    """The processes are named by their parts, and each loop with the age of its last round."""
    findings = describe(
        *REST_STATES,
        *running("matchmaker", holder=MATCHMAKER),
        leases=[*REST_LEASES, lease("matchmaker", holder=MATCHMAKER, stepped=4)],
    )
    assert shown(findings) == [f"{WELL}courier 1 s ago, janitor 1 s ago, matchmaker 4 s ago, rooms 1 s ago"]


def chat(holder: str, shards: str, *, count: int = 2, seen: float = 1) -> Row:
    """A row of the table chat_processes; `shards` is a list in JSON."""
    told = {"holder": holder, "place": "here", "token_digest": "digest", "token_refused": 0}
    return {**told, "shard_ids": shards, "shard_count": count, "seen_at": ago(seen)}


@pytest.mark.parametrize(
    ("chats", "shards"),
    [
        ([chat(REST, "[0]"), chat(MATCHMAKER, "[1]")], None),
        ([chat(REST, "[0,1]")], None),
        ([chat(REST, "[0]", count=1), chat(MATCHMAKER, "[1]")], None),
        ([chat(REST, "[]", count=0)], None),
        ([chat(REST, "[0]"), chat(MATCHMAKER, "[1]", seen=40)], "1 of 2"),
        ([chat(REST, "[1]", count=3)], "0,2 of 3"),
    ],
)
def test_shards_that_nobody_connects(chats: Sequence[Row], shards: str | None) -> None:
    """A killed process with a shard of its own is a fault, whatever loops others have taken over from it."""
    states = [*REST_STATES, *running("matchmaker", holder=MATCHMAKER)]
    leases = [*REST_LEASES, lease("matchmaker", holder=MATCHMAKER)]
    faults = [each for each in shown(describe(*states, leases=leases, chats=chats)) if each.startswith("✗")]
    assert [f"no process connects shard {shards}, so nobody" in each for each in faults] == [True] * bool(shards)


ENDED = "✗ the process with matchmaker was killed or crashed, and nothing has run matchmaker for {}: start it again"
HANGS = (
    "✗ the process with matchmaker is alive, but hasn't completed a round of matchmaker for {}: "
    "see its log, then restart it"
)
NOBODY = "✗ no process has run matchmaker{}: start one with `heybuddy run --parts matchmaker`"


@pytest.mark.parametrize(
    ("row", "states", "held", "found"),
    [
        # Killed: its lock is free, whatever else is still recent; without locks, when its lease ends.
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=2),
            running("matchmaker", holder=MATCHMAKER),
            False,
            ENDED.format("2 s"),
        ),
        (lease("matchmaker", stepped=97, expires_in=-87, holder=MATCHMAKER), [], False, ENDED.format("97 s")),
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=40, expires_in=-30, locked=False),
            running("matchmaker", holder=MATCHMAKER, seen=40),
            False,
            ENDED.format("40 s"),
        ),
        # Frozen, or unable to write: it keeps its lock, and its lease ends before the round is old.
        (lease("matchmaker", holder=MATCHMAKER, stepped=12, expires_in=-1), [], True, HANGS.format("12 s")),
        (lease("matchmaker", holder=MATCHMAKER, stepped=97, expires_in=-87), [], True, HANGS.format("97 s")),
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=12, expires_in=-1),
            running("matchmaker", holder=MATCHMAKER, since=20, seen=12),
            True,
            HANGS.format("12 s"),
        ),
        # Its rounds fail, or hang: it renews its lease all the same.
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=31),
            running("matchmaker", holder=MATCHMAKER),
            True,
            HANGS.format("31 s"),
        ),
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=31),
            [state("matchmaker", holder=MATCHMAKER, reason="No process has finished …", since=1)],
            True,
            HANGS.format("31 s"),
        ),
        # Its clock was ahead: the lease is void, and so is the round.
        (lease("matchmaker", holder=MATCHMAKER, stepped=-3600, expires_in=3600), [], True, HANGS.format("60 min")),
        # Stopped in order, or never started.
        (released("matchmaker"), [], False, NOBODY.format(" for 97 s")),
        (released("matchmaker", stepped=2), [], False, NOBODY.format(" for 2 s")),
        (None, [], False, NOBODY.format("")),
    ],
)
def test_a_loop_that_stands_still(row: Row | None, states: Sequence[Row], found: str, *, held: bool) -> None:
    """The cause decides what is said; everything else turns."""
    leases = [*REST_LEASES, *([row] if row else [])]
    locks = LOOPS if held else OTHER_LOOPS
    assert shown(describe(*REST_STATES, *states, leases=leases, held=locks)) == [found]


@pytest.mark.parametrize(
    ("row", "states", "held"),
    [
        (
            lease("matchmaker", holder=MATCHMAKER, stepped=None),
            running("matchmaker", holder=MATCHMAKER, since=29),
            True,
        ),
        (lease("matchmaker", holder=MATCHMAKER, stepped=900), running("matchmaker", holder=MATCHMAKER, since=29), True),
        (lease("matchmaker", holder="killed", stepped=5), running("matchmaker", holder=MATCHMAKER, since=1), False),
        (released("matchmaker"), running("matchmaker", holder=MATCHMAKER, since=1), False),
        (None, running("matchmaker", holder=MATCHMAKER, since=1), False),
        (lease("matchmaker", holder=MATCHMAKER, stepped=900), [], True),
    ],
)
def test_a_loop_that_has_just_started(row: Row | None, states: Sequence[Row], *, held: bool) -> None:
    """Its process has half a minute to finish the first round, as it has before `/readyz` misses one."""
    leases = [*REST_LEASES, *([row] if row else [])]
    findings = describe(*REST_STATES, *states, leases=leases, held=LOOPS if held else OTHER_LOOPS)
    assert [finding.ok for finding in findings] == [True]


@pytest.mark.parametrize("loop", LOOPS)
def test_every_loop_counts(loop: str) -> None:
    """One that stands still makes the check red, whichever it is."""
    leases = [lease(name, stepped=31 if name == loop else 1) for name in LOOPS]
    [finding] = describe(*running(*LOOPS), leases=leases)
    assert not finding.ok
    assert f"a round of {loop} for 31 s" in finding.message


def test_loops_that_stand_still_together() -> None:
    """One cause is told once, with all loops and the parts to start."""
    leases = [lease(name) for name in ("courier", "rooms")]
    assert shown(describe(*running("courier", "rooms"), leases=leases)) == [
        "✗ no process has run matchmaker, janitor: start one with `heybuddy run --parts matchmaker,janitor`"
    ]


def admins_read(code: str) -> str:
    """What `/buddy check` says, without who can mend it."""
    problem = SetupProblem(code=code, step=Step.LOOK)
    return problem_text(words_for(), problem).removesuffix(words_for()("chat.check.operator_mends")).strip()


def test_what_is_missing() -> None:
    """Each word that is not ready has its reason, since when, and which process says so; as admins read it, too."""
    findings = describe(
        *REST_STATES,
        *running("matchmaker", holder=MATCHMAKER),
        state("gateway", reason=DOWN),
        state("video", reason=NO_LIVEKIT, holder=MATCHMAKER, since=600),
        state("commands", reason="Refused.", holder=MATCHMAKER),
        leases=[*REST_LEASES, lease("matchmaker", holder=MATCHMAKER)],
    )
    assert shown(findings) == [
        f"✗ gateway hasn't been ready for 90 s in the process with chat,web,janitor: {DOWN}",
        f"✗ {admins_read(VIDEO_DOWN)} video hasn't been ready for 10 min in the process with matchmaker: {NO_LIVEKIT}",
        f"✗ {admins_read(COMMANDS_OLD)} commands hasn't been ready for 90 s in the process with matchmaker: Refused.",
    ]


@pytest.mark.parametrize(
    ("reason", "since", "mark"),
    [(CONNECTING, 17, "–"), (CONNECTING, 19, "✗"), (DOWN, 4, "✗")],  # noqa: RUF001
)
def test_what_is_on_its_way_is_no_fault_yet(reason: str, since: float, mark: str) -> None:
    """For as long as the log has nothing of it either, by the process's own last look 3 seconds ago."""
    findings = describe(
        *running(*LOOPS), state("gateway", reason=reason, since=since), leases=[lease(name) for name in LOOPS]
    )
    assert [sentence[0] for sentence in shown(findings)] == [mark]
    readiness = "isn't ready yet" if mark != "✗" else "hasn't been ready"
    assert f"gateway {readiness}" in findings[0].message


def test_what_several_processes_lack() -> None:
    """The same reason is told once, since the process that noticed it first."""
    findings = describe(
        *running(*OTHER_LOOPS)[1:],
        *running("matchmaker", holder=MATCHMAKER)[1:],
        state("store", reason="The disk is full.", since=5),
        state("store", reason="The disk is full.", since=9, holder=MATCHMAKER),
        leases=[*REST_LEASES, lease("matchmaker", holder=MATCHMAKER)],
    )
    both = "the process with chat,web,janitor and the process with matchmaker"
    assert shown(findings) == [f"✗ store hasn't been ready for 9 s in {both}: The disk is full."]


def test_what_two_processes_with_the_same_parts_lack() -> None:
    """They are counted, because nothing tells them apart."""
    findings = describe(
        *running(*LOOPS)[1:],
        *running(*LOOPS, holder=MATCHMAKER)[1:],
        state("store", reason="The disk is full.", since=5),
        state("store", reason="The disk is full.", since=9, holder=MATCHMAKER),
        leases=[lease(name) for name in LOOPS],
    )
    both = "2 processes with chat,web,matchmaker,janitor"
    assert shown(findings) == [f"✗ store hasn't been ready for 9 s in {both}: The disk is full."]


def test_a_process_that_was_replaced() -> None:
    """What it said last is not shown as if it held; that it ended without stopping is no fault any more."""
    findings = describe(
        *running(*LOOPS),
        *running(*LOOPS, holder="killed", seen=300),
        state("gateway", holder="killed", reason=DOWN, seen=300),
        leases=[lease(name) for name in LOOPS],
    )
    assert shown(findings)[0].startswith(
        "✓ 1 process is ready: chat,web,matchmaker,janitor; last rounds: courier 1 s ago"
    )
    assert shown(findings)[1:] == [
        f"– the process with chat,web,matchmaker,janitor {KILLED_OR_HANGS}"  # noqa: RUF001
    ]


@pytest.mark.parametrize("leases", [[], [released(name) for name in LOOPS]])
def test_nothing_runs(leases: Sequence[Row]) -> None:
    """Before the first start, and after a stop in order: that is no fault, and no good news either."""
    assert shown(describe(leases=leases, held=())) == ["– Hey Buddy isn't running"]  # noqa: RUF001


@pytest.mark.parametrize("seen", [2, 31, 97])
def test_everything_was_killed(seen: float) -> None:
    """A check right afterwards knows it by the free locks, and a later one still does."""
    expires_in = 10 - seen
    leases = [lease(name, stepped=seen, expires_in=expires_in) for name in LOOPS]
    states = [*running(*LOOPS, seen=seen), state("gateway", reason=DOWN, seen=seen)]
    assert shown(describe(*states, leases=leases, held=())) == [
        f"✗ {STOPPED_BADLY}; nothing was heard of it for {seen} s; start it again"
    ]


@pytest.mark.parametrize(
    ("states", "leases", "age"),
    [
        (running(*LOOPS, seen=97), [lease(name, stepped=98, expires_in=-88) for name in LOOPS], " for 97 s"),
        ([], [released(name) for name in LOOPS], ""),
        ([], [], ""),
    ],
)
def test_a_process_that_lives_and_writes_nothing(states: Sequence[Row], leases: Sequence[Row], age: str) -> None:
    """It is frozen, its disk is full, or it has another file open: what it said last is not shown as if it held."""
    [finding] = describe(*states, state("gateway", reason=DOWN, seen=97), leases=leases)
    assert not finding.ok
    assert finding.message.startswith(
        f"the process with chat,web,matchmaker,janitor is alive, but has written nothing to this database{age}:"
    )


ALL_PARTS = "chat,web,matchmaker,janitor"
SET_CLOCK = "synchronise the clocks of its machine and this one with NTP"


def test_a_process_whose_clock_is_ahead() -> None:
    """It does its work and writes; the times that it writes are the only thing wrong."""
    leases = [lease(name, stepped=-3500, expires_in=3510) for name in LOOPS]
    states = [*running(*LOOPS, seen=-3500, since=-3400), state("gateway", seen=-3500, since=-3400)]
    assert shown(describe(*states, leases=leases)) == [
        f"✗ the process with {ALL_PARTS} writes times that are 58 min ahead: {SET_CLOCK}"
    ]


def test_everything_has_just_started() -> None:
    """The locks and leases are taken before the first word is written."""
    [finding] = describe(leases=[lease(name, stepped=900) for name in LOOPS])
    assert shown([finding]) == ["– Hey Buddy is just starting: check again in half a minute"]  # noqa: RUF001


@pytest.mark.parametrize("leases", [[], [lease(name, stepped=97, expires_in=-87) for name in LOOPS]])
def test_a_page_that_uses_another_database(leases: Sequence[Row]) -> None:
    """It answers, while no process uses this database."""
    [finding] = describe(leases=leases, held=(), answers=[PAGE])
    assert not finding.ok
    assert finding.message.startswith("https://study.example.org/readyz answers, but no process uses this database")


@pytest.mark.parametrize(
    ("answers", "is_held", "oks"), [([PAGE], False, [False]), ([PAGE], True, []), ([], True, []), ([], False, [True])]
)
async def test_without_a_database(
    tmp_path: Path, answers: Sequence[ReadyzAnswer], oks: Sequence[bool], *, is_held: bool
) -> None:
    """Before the first start nothing runs; a page uses another database, unless its lock tells that this one is gone.

    That it is gone is said by the check of the file.
    """
    locks = ProcessLocks(tmp_path / "a.db")
    assert not is_held or locks.try_lock("rooms", "x")
    findings = await check_processes(SqliteInspector(tmp_path / "a.db"), answers, NOW)
    locks.unlock_all()
    assert [finding.ok for finding in findings] == oks


@pytest.mark.parametrize(("started", "ends"), [(90, "started in its place"), (900, "see its log, then restart it")])
def test_one_of_two_was_killed(started: float, ends: str) -> None:
    """That is a fault until another one is started; the process is named by its parts and its place."""
    findings = describe(
        *running(*LOOPS, since=started),
        *running("rooms", holder="1 process 7 on host", seen=300, since=800),
        leases=[lease(name) for name in LOOPS],
    )
    assert shown(findings)[-1].startswith("– " if started < 300 else "✗ ")  # noqa: RUF001
    assert "the process with web (process 7 on host) was killed or hangs" in findings[-1].message
    assert findings[-1].message.endswith(ends)
