"""Tickets for tests, and hypothesis strategies for random markets and days."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket, Wishes
from bot.matching.engine import INTERVAL_S
from bot.matching.history import History
from bot.matching.may_meet import OPPOSITE_STYLES_WAIT_S
from tests.clocks import START

NO_HISTORY = History()
SUBJECTS = ("any", "Maths", "Physics", "Biology")
GROUPS = {"any": "any", "Maths": "Sciences", "Physics": "Sciences", "Biology": "Life"}


def ticket(member_id: int, *, pool: str = "1", after: float = 0, front: bool = False, **wishes: Any) -> Ticket:
    """A ticket that was opened `after` seconds, with 14 minutes of patience."""
    since = START + timedelta(seconds=after)
    return Ticket(
        id=f"t{member_id}",
        member_id=member_id,
        server_id=1,
        pool=pool,
        name=f"Member {member_id}",
        wishes=replace(Wishes(), **wishes),
        waiting_since=since,
        expires_at=since + timedelta(minutes=14),
        front=front,
    )


def must_wait(a: Ticket, b: Ticket, now: float) -> bool:
    """Whether the two like opposite styles, the longer-waiting has not waited a minute, and no patience ends."""
    return (
        {a.wishes.style, b.wishes.style} == {Style.QUIET, Style.TALK}
        and now - min(a.waiting_since, b.waiting_since).timestamp() < OPPOSITE_STYLES_WAIT_S
        and min(a.expires_at, b.expires_at).timestamp() - now > INTERVAL_S
    )


subjects = st.sampled_from(SUBJECTS)
wishes = st.builds(
    lambda subject, **others: Wishes(subject=subject, subject_group=GROUPS[subject], **others),
    subject=subjects,
    level=st.none() | st.sampled_from(Level),
    style=st.sampled_from(Style),
    camera=st.sampled_from(Camera),
    lengths=st.sets(st.sampled_from((25, 50, 75)), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    languages=st.lists(st.sampled_from(("en", "de", "es")), min_size=1, max_size=2, unique=True).map(tuple),
)


@st.composite
def markets(draw: st.DrawFn, *, most: int = 8) -> tuple[list[Ticket], History]:
    """Up to `most` members waiting in two pools, with blocks, favourites and meetings among them."""
    count = draw(st.integers(0, most))
    tickets = [
        replace(ticket(member, pool=draw(st.sampled_from("12")), after=draw(st.integers(0, 900))), wishes=draw(wishes))
        for member in range(count)
    ]
    return tickets, draw(histories(count))


@st.composite
def days(draw: st.DrawFn, *, most: int = 40) -> tuple[list[Ticket], History]:
    """Up to `most` members who arrive within ten minutes, some with very little patience."""
    count = draw(st.integers(0, most))
    kinds = draw(st.lists(wishes, min_size=1, max_size=4))
    tickets = [
        replace(
            arrived := ticket(member, after=draw(st.integers(0, 300)) * 2),
            wishes=draw(st.sampled_from(kinds)),
            expires_at=arrived.waiting_since + timedelta(seconds=draw(st.integers(1, 200)) * 1.5),
            front=draw(st.integers(0, 9)) == 0,
        )
        for member in range(count)
    ]
    return tickets, draw(histories(count))


@st.composite
def histories(draw: st.DrawFn, count: int) -> History:
    """Blocks, favourites and meetings among `count` members, some of whom are kept apart for up to 15 minutes."""
    members = st.integers(0, max(0, count - 1))
    pairs = st.frozensets(st.tuples(members, members), max_size=4)
    sorted_pairs = st.tuples(members, members).map(lambda pair: (min(pair), max(pair)))
    days_ago = draw(st.dictionaries(sorted_pairs, st.integers(0, 60)))
    apart_s = draw(st.dictionaries(sorted_pairs, st.integers(0, 900), max_size=count))
    return History(
        blocks=draw(pairs),
        favourites=draw(pairs),
        last_meetings={pair: START - timedelta(days=days) for pair, days in days_ago.items()},
        apart_until={pair: START + timedelta(seconds=seconds) for pair, seconds in apart_s.items()},
    )
