"""Tickets made for tests, and markets drawn at random."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket, Wishes
from bot.matching.fit import History
from tests.clocks import START

NOBODY = History()
SUBJECTS = ("any", "Maths", "Physics", "Biology")
GROUPS = {"any": "any", "Maths": "Sciences", "Physics": "Sciences", "Biology": "Life"}


def ticket(member_id: int, *, pool: str = "1", after: float = 0, front: bool = False, **wishes: Any) -> Ticket:
    """A ticket of a member who came `after` seconds."""
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
    """Up to `most` members who wait in two pools, with blocks, favourites and meetings among them."""
    count = draw(st.integers(0, most))
    line = [
        replace(ticket(member, pool=draw(st.sampled_from("12")), after=draw(st.integers(0, 900))), wishes=draw(wishes))
        for member in range(count)
    ]
    return line, draw(histories(count))


@st.composite
def days(draw: st.DrawFn, *, most: int = 40) -> tuple[list[Ticket], History]:
    """Up to `most` members who come within ten minutes, some with very little patience."""
    count = draw(st.integers(0, most))
    wished = st.lists(wishes, min_size=1, max_size=4)
    kinds = draw(wished)
    line = [
        replace(
            came := ticket(member, after=draw(st.integers(0, 300)) * 2),
            wishes=draw(st.sampled_from(kinds)),
            expires_at=came.waiting_since + timedelta(seconds=draw(st.integers(1, 200)) * 1.5),
            front=draw(st.integers(0, 9)) == 0,
        )
        for member in range(count)
    ]
    return line, draw(histories(count))


@st.composite
def histories(draw: st.DrawFn, count: int) -> History:
    """Blocks, favourites and meetings among `count` members."""
    members = st.integers(0, max(0, count - 1))
    pairs = st.frozensets(st.tuples(members, members), max_size=4)
    met = draw(st.dictionaries(st.tuples(members, members).map(lambda two: (min(two), max(two))), st.integers(0, 60)))
    return History(
        blocks=draw(pairs),
        favourites=draw(pairs),
        last_meetings={two: START - timedelta(days=days) for two, days in met.items()},
    )
