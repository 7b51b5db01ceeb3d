"""What members have to do with each other."""

from bot.matching.fit import History
from bot.matching.relations import Relations
from tests.clocks import START

HISTORY = History(blocks={(2, 1)}, favourites={(1, 3)}, last_meetings={(1, 2): START})


def test_each_two_have_their_own() -> None:
    """From both sides the same, and nothing of anybody else."""
    bonds = Relations()
    bonds.learn(HISTORY)
    assert bonds.partners(1) == {
        2: History(blocks={(2, 1)}, last_meetings={(1, 2): START}),
        3: History(favourites={(1, 3)}),
    }
    assert bonds.partners(2) == {1: History(blocks={(2, 1)}, last_meetings={(1, 2): START})}
    assert bonds.partners(4) == {}


def test_the_newest_said_holds() -> None:
    """A bond is replaced as a whole, also by nothing."""
    bonds = Relations()
    bonds.learn(HISTORY)
    bonds.relate(2, 1, History(favourites={(1, 2)}))
    assert bonds.partners(1)[2] == History(favourites={(1, 2)})
    bonds.relate(1, 2, History())
    assert [*bonds.partners(1)] == [3]


def test_who_leaves_is_forgotten() -> None:
    """By their partners too."""
    bonds = Relations()
    bonds.learn(HISTORY)
    bonds.forget(1)
    bonds.forget(1)
    assert [bonds.partners(member) for member in (1, 2, 3)] == [{}, {}, {}]
