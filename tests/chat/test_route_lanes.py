"""Several requests under way at once on one route."""

import asyncio

import pytest

from bot.chat.route_lanes import LANES, RouteLanes
from tests.polling import TIMEOUT


async def test_each_request_has_a_lane_of_its_own() -> None:
    """As many as there are lanes; the next one waits until any of them is free, also after a failure."""
    lanes, go_on, used = RouteLanes(), asyncio.Event(), list[str]()

    async def request(*, fails: bool = False) -> None:
        async with lanes.use_lane() as lane:
            used.append(lane)
            await go_on.wait()
            if fails:
                raise ConnectionResetError

    requests = [asyncio.create_task(request(fails=number == 3)) for number in range(2 * LANES)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(used) == len(set(used)) == LANES
    go_on.set()
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(each) for each in results if each] == [ConnectionResetError]
    assert len(used) == 2 * LANES


async def test_a_request_that_is_cancelled_frees_its_lane() -> None:
    """Its caller may have waited long enough."""
    lanes = RouteLanes()
    for _ in range(2 * LANES):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), lanes.use_lane():
                await asyncio.Event().wait()
    async with asyncio.timeout(TIMEOUT), lanes.use_lane() as lane:
        assert lane
