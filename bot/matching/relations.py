"""Relations: what those who wait have to do with each other, found by member."""

from collections.abc import Mapping

from bot.matching.fit import History

Two = tuple[int, int]


def by_pair(history: History) -> Mapping[Two, History]:
    """A history cut into one for each two members, the lower id first."""
    pairs = {_two(*pair) for pair in (*history.blocks, *history.favourites, *history.last_meetings)}
    return {two: _between(history, two) for two in pairs}


class Relations:
    """One history for each two who have any; the newest said holds."""

    def __init__(self) -> None:
        self._partners: dict[int, dict[int, History]] = {}

    def learn(self, history: History) -> None:
        """Take over what this history says of any two, in place of what was known of them."""
        for (one, other), between in by_pair(history).items():
            self._set(one, other, between)
            self._set(other, one, between)

    def relate(self, one: int, other: int, history: History) -> None:
        """From now on, what holds between these two is what this history says, even if it is nothing."""
        self._unset(one, other)
        self._unset(other, one)
        self.learn(_between(history, _two(one, other)))

    def partners(self, member_id: int) -> Mapping[int, History]:
        """Everybody a member has to do with."""
        return self._partners.get(member_id, {})

    def forget(self, member_id: int) -> None:
        """Drop all that concerns a member, who waits no more."""
        for other in self._partners.pop(member_id, {}):
            self._unset(other, member_id)

    def _set(self, one: int, other: int, between: History) -> None:
        self._partners.setdefault(one, {})[other] = between

    def _unset(self, one: int, other: int) -> None:
        theirs = self._partners.get(one, {})
        theirs.pop(other, None)
        if not theirs:
            self._partners.pop(one, None)


def _two(one: int, other: int) -> Two:
    return (one, other) if one < other else (other, one)


def _between(history: History, two: Two) -> History:
    both = (two, two[::-1])
    return History(
        blocks=frozenset(pair for pair in both if pair in history.blocks),
        favourites=frozenset(pair for pair in both if pair in history.favourites),
        last_meetings={two: history.last_meetings[two]} if two in history.last_meetings else {},
    )
