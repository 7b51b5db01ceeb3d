"""Large problems are solved elsewhere, and come back the same."""

import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator

import numpy as np
import pytest

from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matchmaker.solver import Solver

PEOPLE = 120


@pytest.fixture
async def solver() -> AsyncIterator[Solver]:
    solver = Solver()
    yield solver
    await solver.close()


def large(seed: int = 0) -> AssignmentProblem:
    """Many people who could meet some of the others."""
    chance = np.random.default_rng(seed)
    pairs = {tuple(sorted(two)) for two in chance.integers(0, PEOPLE, (600, 2)).tolist() if two[0] != two[1]}
    first, second = np.array(sorted(pairs), np.int64).T
    nobody = np.zeros(PEOPLE, np.int64)
    return AssignmentProblem(
        slots=nobody,
        versions=nobody,
        first=first,
        second=second,
        fits=np.ones(len(first)),
        weights=chance.integers(1, 10**9, len(first)),
    )


def process_of(solver: Solver) -> Process:
    """The process that solves for it."""
    assert solver._process is not None
    return solver._process


async def test_elsewhere_it_is_the_same(solver: Solver) -> None:
    """The other process answers what the rule says, one problem after the other."""
    for seed in range(3):
        problem = large(seed)
        assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert process_of(solver).returncode is None


async def test_a_process_that_dies_costs_nobody_a_match(solver: Solver) -> None:
    """The problem is solved here, the next one by a new process."""
    problem = large()
    await solver.solve(problem)
    first = process_of(solver)
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    for _ in range(2):
        assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert process_of(solver).pid != first.pid


async def test_a_small_one_needs_no_process() -> None:
    """It is solved in less time than it would take to send it."""
    solver, problem = Solver(small=PEOPLE), large()
    assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert solver._process is None


async def test_it_ends_when_it_is_told(solver: Solver) -> None:
    """Closing ends the process; closing again is nothing."""
    await solver.solve(large())
    process = process_of(solver)
    await solver.close()
    await solver.close()
    assert process.returncode == 0
