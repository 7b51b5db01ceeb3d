"""Large problems are solved in another process, with the same result."""

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


def large_problem(seed: int = 0) -> AssignmentProblem:
    """Many people, each of whom could meet some of the others."""
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
    """The solver's running process."""
    assert solver._process is not None
    return solver._process


async def test_the_process_returns_the_same_solution(solver: Solver) -> None:
    """Several problems in a row come back with the solution of `solve_assignment`, from one process."""
    for seed in range(3):
        problem = large_problem(seed)
        assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert process_of(solver).returncode is None


async def test_a_killed_process_loses_no_solution(solver: Solver) -> None:
    """The problem is solved in the main process, the next one by a new solver process."""
    problem = large_problem()
    await solver.solve(problem)
    first = process_of(solver)
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    for _ in range(2):
        assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert process_of(solver).pid != first.pid


async def test_a_small_problem_needs_no_process() -> None:
    """It is solved in less time than sending it would take."""
    solver, problem = Solver(small=PEOPLE), large_problem()
    assert (await solver.solve(problem)).tolist() == solve_assignment(problem).tolist()
    assert solver._process is None


async def test_closing_ends_the_process(solver: Solver) -> None:
    """With status 0; closing again changes nothing."""
    await solver.solve(large_problem())
    process = process_of(solver)
    await solver.close()
    await solver.close()
    assert process.returncode == 0
