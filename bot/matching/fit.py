"""Fit: how well two tickets suit each other, in [0, 1]. It must suit both sides, so it is their harmonic mean."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ticket import ANY, Level, Ticket
from bot.matching.history import History, sorted_pair
from bot.matching.may_meet import may_meet

NOVELTY_HALF_LIFE = timedelta(days=14)
"""The time in which members who have met regain half of their novelty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """How much each criterion counts, each in [0, 1]. All but `favourite` add up to at most 1.

    `favourite` is a bonus on top for a favourite member; a one-sided fit is never above 1.
    """

    subject: float = 0.40
    style: float = 0.20
    level: float = 0.15
    camera: float = 0.10
    novelty: float = 0.15
    favourite: float = 0.25


def fit(a: Ticket, b: Ticket, *, history: History, weights: Weights, now: datetime) -> float:
    """The harmonic mean of the two one-sided fits, in [0, 1]; 0 if a hard rule forbids the pair."""
    if not may_meet(a, b, history, now):
        return 0.0
    one_way = one_sided_fit(a, b, history=history, weights=weights, now=now)
    other_way = one_sided_fit(b, a, history=history, weights=weights, now=now)
    total = one_way + other_way
    return 2 * one_way * other_way / total if total else 0.0


def one_sided_fit(a: Ticket, b: Ticket, *, history: History, weights: Weights, now: datetime) -> float:
    """How well `b` suits `a`, in [0, 1]. Hard rules are not checked."""
    favourite = (a.member_id, b.member_id) in history.favourites
    score = (
        weights.subject * _subject(a, b)
        + weights.style * _preference(a.wishes.style, b.wishes.style)
        + weights.level * _level(a.wishes.level, b.wishes.level)
        + weights.camera * _preference(a.wishes.camera, b.wishes.camera)
        + weights.novelty * (1.0 if favourite else _novelty(a, b, history, now))
    )
    return min(1.0, score + weights.favourite) if favourite else min(1.0, score)


def _preference(mine: str, theirs: str) -> float:
    if mine in {ANY, theirs}:
        return 1.0
    return 0.5 if theirs == ANY else 0.0


def _subject(a: Ticket, b: Ticket) -> float:
    preference = _preference(a.wishes.subject, b.wishes.subject)
    same_group = a.wishes.subject_group == b.wishes.subject_group != ANY
    return max(preference, 0.5) if same_group else preference


def _level(mine: Level | None, theirs: Level | None) -> float:
    if mine is None:
        return 1.0
    return 0.5 if theirs is None else 1 - abs(mine - theirs) / 2


def _novelty(a: Ticket, b: Ticket, history: History, now: datetime) -> float:
    last = history.last_meetings.get(sorted_pair(a.member_id, b.member_id))
    return 1.0 if last is None else 1 - 0.5 ** max(0.0, (now - last) / NOVELTY_HALF_LIFE)
