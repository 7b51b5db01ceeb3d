"""Relations: the history between members, found by member."""

from collections.abc import Mapping

from bot.domain.member_pair import MemberPair
from bot.matching.history import History, sorted_pair


class Relations:
    """One `History` for each pair of members with any; a later one replaces an earlier one."""

    def __init__(self) -> None:
        self._partners: dict[int, dict[int, History]] = {}

    def add(self, history: History) -> None:
        """Replace what is known of each pair that `history` mentions; other pairs are not touched."""
        for (one, other), between in _split_by_pair(history).items():
            self._partners.setdefault(one, {})[other] = between
            self._partners.setdefault(other, {})[one] = between

    def of_member(self, member_id: int) -> Mapping[int, History]:
        """The histories that this member has with others, by the other's id."""
        return self._partners.get(member_id, {})

    def forget_member(self, member_id: int) -> None:
        """Drop everything about a member. Repeating it changes nothing."""
        for other in self._partners.pop(member_id, {}):
            theirs = self._partners.get(other, {})
            theirs.pop(member_id, None)
            if not theirs:
                self._partners.pop(other, None)


def _split_by_pair(history: History) -> Mapping[MemberPair, History]:
    """One history per pair of members, the lower id first."""
    named = (*history.blocks, *history.favourites, *history.last_meetings, *history.apart_until)
    return {pair: _history_of_pair(history, pair) for pair in {sorted_pair(*each) for each in named}}


def _history_of_pair(history: History, pair: MemberPair) -> History:
    both_ways = (pair, pair[::-1])
    return History(
        blocks=frozenset(way for way in both_ways if way in history.blocks),
        favourites=frozenset(way for way in both_ways if way in history.favourites),
        last_meetings={pair: history.last_meetings[pair]} if pair in history.last_meetings else {},
        apart_until={pair: history.apart_until[pair]} if pair in history.apart_until else {},
    )
