"""When something about a waiting ticket is due."""

import pytest

from bot.matching.queue_columns import Candidates, Slots
from bot.matching.timers import Timers
from tests.matching.sample_tickets import ticket

FIRST, SECOND = ticket(1), ticket(2, after=60)
FIRST_AT, SECOND_AT = (each.expires_at.timestamp() for each in (FIRST, SECOND))


class TwoWaiting:
    """Two tickets with timers a minute apart; each is the other's candidate unless `alone`."""

    def __init__(self, *, alone: bool = False) -> None:
        self.slots = Slots()
        self.candidates = Candidates(self.slots)
        self.timers = Timers(self.slots, self.candidates.has_any)
        self.first, self.second = self.slots.enter(FIRST), self.slots.enter(SECOND)
        if not alone:
            for one, other in ((self.first, self.second), (self.second, self.first)):
                self.candidates.lists[one, 0] = other
                self.candidates.fits[one, 0] = 1.0
                self.candidates.had_any[one] = True
        for slot in (self.first, self.second):
            self.timers.set_timer(slot, float(self.slots.expires[slot]))


def test_timers_are_due_in_the_order_of_their_times() -> None:
    """Each is due once."""
    two = TwoWaiting()
    assert two.timers.next_at() == FIRST_AT
    assert [*two.timers.pop_due(FIRST_AT - 0.1)] == []
    assert [*two.timers.pop_due(SECOND_AT)] == [two.first, two.second]
    assert [*two.timers.pop_due(SECOND_AT)] == []


@pytest.mark.parametrize("dropped", [True, False])
@pytest.mark.parametrize("meanwhile", ["changed", "removed"])
def test_an_outdated_timer_is_ignored(meanwhile: str, dropped: bool) -> None:
    """A ticket that has changed or left meanwhile has no timer from before, whether it was dropped early or not."""
    two = TwoWaiting()
    if meanwhile == "changed":
        two.slots.invalidate(FIRST.id)
    else:
        two.slots.vacate(two.first)
    if dropped:
        two.timers.drop_needless(FIRST_AT + 1)
        assert two.timers.next_at() == SECOND_AT
    assert [*two.timers.pop_due(SECOND_AT)] == [two.second]


def test_a_ticket_without_candidates_needs_no_timer() -> None:
    """Its timer is dropped once it is near, not before."""
    two = TwoWaiting(alone=True)
    two.timers.drop_needless(FIRST_AT)
    assert two.timers.next_at() == FIRST_AT
    two.timers.drop_needless(FIRST_AT + 1)
    assert two.timers.next_at() == SECOND_AT
