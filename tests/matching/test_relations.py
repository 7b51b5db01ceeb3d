"""Blocks, favourites, meetings and who is kept apart, by member."""

from bot.matching.history import History
from bot.matching.relations import Relations
from tests.clocks import START

HISTORY = History(blocks={(2, 1)}, favourites={(1, 3)}, last_meetings={(1, 2): START})


def test_each_pair_has_its_own_history() -> None:
    """It is the same from both sides, without anything about others."""
    relations = Relations()
    relations.add(HISTORY)
    assert relations.of_member(1) == {
        2: History(blocks={(2, 1)}, last_meetings={(1, 2): START}),
        3: History(favourites={(1, 3)}),
    }
    assert relations.of_member(2) == {1: History(blocks={(2, 1)}, last_meetings={(1, 2): START})}
    assert relations.of_member(4) == {}


def test_the_latest_history_counts() -> None:
    """It replaces everything known about the pair, and nothing about other pairs."""
    relations = Relations()
    relations.add(HISTORY)
    apart = History(apart_until={(1, 2): START})
    relations.add(apart)
    assert relations.of_member(2) == {1: apart}
    relations.add(History(favourites={(1, 2)}))
    assert relations.of_member(1) == {2: History(favourites={(1, 2)}), 3: History(favourites={(1, 3)})}


def test_a_member_is_forgotten_on_both_sides() -> None:
    """Repeating it changes nothing."""
    relations = Relations()
    relations.add(HISTORY)
    relations.forget_member(1)
    relations.forget_member(1)
    assert [relations.of_member(member) for member in (1, 2, 3)] == [{}, {}, {}]
