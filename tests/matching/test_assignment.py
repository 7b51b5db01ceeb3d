"""The maximum-weight matching."""

import pickle
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.assignment import AssignmentProblem, solve_assignment

PEOPLE = 9
pairs = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(lambda two: two[0] < two[1])


def problem_of(weights: dict[tuple[int, int], int]) -> AssignmentProblem:
    """The problem of these weighted pairs."""
    first, second = (np.array([pair[end] for pair in weights], np.int64) for end in (0, 1))
    unused = np.zeros(PEOPLE, np.int64)
    return AssignmentProblem(
        slots=unused,
        versions=unused,
        first=first,
        second=second,
        fits=np.ones(len(weights)),
        weights=np.array(list(weights.values()), np.int64),
    )


def heaviest(weights: list[tuple[tuple[int, int], int]]) -> int:
    """The greatest total weight, by trying everything."""
    if not weights:
        return 0
    (pair, weight), *rest = weights
    without = [each for each in rest if not set(each[0]) & set(pair)]
    return max(heaviest(rest), weight + heaviest(without))


@given(st.dictionaries(pairs, st.integers(1, 10**12), max_size=14))
def test_the_solution_is_the_heaviest_matching(weights: dict[tuple[int, int], int]) -> None:
    """No ticket is in two pairs and no matching weighs more, even when solved in another process."""
    problem = problem_of(weights)
    chosen = solve_assignment(pickle.loads(pickle.dumps(problem)))  # noqa: S301 (our own)
    assert all(before < after for before, after in pairwise(chosen.tolist()))
    ends = [*problem.first[chosen].tolist(), *problem.second[chosen].tolist()]
    assert len(ends) == len(set(ends))
    assert problem.weights[chosen].sum() == heaviest(list(weights.items()))
