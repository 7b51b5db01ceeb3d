"""The look at a ticket's pool shortly before it expires."""

import pytest

from bot.matching.candidates import Candidates
from bot.matching.last_calls import LAST_CALL_S, LastCalls
from bot.matching.slots import Slots
from tests.matching.sample_tickets import ticket

FIRST, SECOND = ticket(1), ticket(2, after=60)
FIRST_AT, SECOND_AT = (each.expires_at.timestamp() - LAST_CALL_S for each in (FIRST, SECOND))


class TwoWaiting:
    """Two tickets with last calls a minute apart; each is the other's candidate unless `alone`."""

    def __init__(self, *, alone: bool = False) -> None:
        self.slots = Slots()
        self.candidates = Candidates(self.slots)
        self.calls = LastCalls(self.slots, self.candidates)
        self.first, self.second = self.slots.enter(FIRST), self.slots.enter(SECOND)
        if not alone:
            for one, other in ((self.first, self.second), (self.second, self.first)):
                self.candidates.lists[one, 0] = other
                self.candidates.fits[one, 0] = 1.0
                self.candidates.had_any[one] = True
        for slot in (self.first, self.second):
            self.calls.schedule(slot)


def test_calls_are_due_a_second_before_the_ticket_expires() -> None:
    """They are due in the order of their times, each once."""
    two = TwoWaiting()
    assert two.calls.next_at() == FIRST_AT
    assert [*two.calls.pop_due(FIRST_AT - 0.1)] == []
    assert [*two.calls.pop_due(SECOND_AT)] == [two.first, two.second]
    assert [*two.calls.pop_due(SECOND_AT)] == []


@pytest.mark.parametrize("dropped", [True, False])
@pytest.mark.parametrize("meanwhile", ["changed", "removed"])
def test_an_outdated_call_is_ignored(meanwhile: str, dropped: bool) -> None:
    """A ticket that has changed or left meanwhile has no call from before, whether it was dropped early or not."""
    two = TwoWaiting()
    if meanwhile == "changed":
        two.slots.invalidate(FIRST.id)
    else:
        two.slots.vacate(two.first)
    if dropped:
        two.calls.drop_needless(FIRST_AT + 1)
        assert two.calls.next_at() == SECOND_AT
    assert [*two.calls.pop_due(SECOND_AT)] == [two.second]


def test_a_ticket_without_candidates_needs_no_call() -> None:
    """Its call is dropped once it is near, not before."""
    two = TwoWaiting(alone=True)
    two.calls.drop_needless(FIRST_AT)
    assert two.calls.next_at() == FIRST_AT
    two.calls.drop_needless(FIRST_AT + 1)
    assert two.calls.next_at() == SECOND_AT
