"""Works run together, end in their order, and a reason not to start is one sentence."""

import asyncio
import gc

import pytest

from bot.process import CannotStart, Service, freeze_gc, run_until_stopped


def lasting(name: str, ended: list[str]) -> Service:
    """A work that notes its end, a moment after it was asked to."""

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)

    return work


def refusing(*errors: Exception) -> list[Service]:
    """Works that cannot start."""

    def one(error: Exception) -> Service:
        async def work() -> None:
            raise error

        return work

    return [one(error) for error in errors]


async def test_works_end_one_after_the_other() -> None:
    """Who takes up new work ends before who is needed to finish it."""
    ended: list[str] = []
    stop = asyncio.Event()
    running = asyncio.create_task(
        run_until_stopped([lasting(name, ended) for name in ("page", "courier", "chat")], stop)
    )
    await asyncio.sleep(0)
    stop.set()
    await running
    assert ended == ["page", "courier", "chat"]


async def test_a_work_that_cannot_start_ends_all_with_its_sentence() -> None:
    """The others end too, and the caller sees one exception, no group."""
    ended: list[str] = []
    with pytest.raises(CannotStart, match=r"^the port is taken$"):
        await run_until_stopped([lasting("chat", ended), *refusing(CannotStart("the port is taken"))], asyncio.Event())
    assert ended == ["chat"]


async def test_the_same_sentence_is_said_once() -> None:
    """Two works that meet the same trouble tell it once, different troubles are a line each."""
    works = refusing(CannotStart("no token"), CannotStart("no token"), CannotStart("no port"))
    with pytest.raises(CannotStart, match=r"^no port\nno token$"):
        await run_until_stopped(works, asyncio.Event())


async def test_a_mistake_of_ours_is_never_hidden() -> None:
    """An exception nobody foresaw keeps its traceback, whatever else is wrong."""
    with pytest.raises(ExceptionGroup) as caught:
        await run_until_stopped(refusing(CannotStart("no token"), ZeroDivisionError()), asyncio.Event())
    assert caught.group_contains(ZeroDivisionError)


def test_the_collector_leaves_alone_what_is_loaded() -> None:
    """A full collection looks at what came later only."""
    before = len(gc.get_objects())
    freeze_gc()
    after = len(gc.get_objects())
    gc.unfreeze()
    assert after < before / 100
