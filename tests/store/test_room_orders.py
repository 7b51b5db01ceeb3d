"""Room orders: each is carried out once."""

from bot.domain.room import RoomAction
from bot.store.room_orders import RoomOrder
from tests.store.scenario import Scenario


async def test_an_order_that_was_carried_out_is_not_due_again(scenario: Scenario) -> None:
    """Marking it again changes nothing."""
    meeting = await scenario.matched()
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    (order,) = await scenario.store.room_orders.find_due(9)
    assert order == RoomOrder(
        id=order.id, room_name=meeting.room_name, action=RoomAction.REMOVE, identity=meeting.seats[0]
    )
    for _ in range(2):
        await scenario.store.room_orders.mark_done(order.id, scenario.clock.now())
    assert await scenario.store.room_orders.find_due(9) == []


async def test_the_oldest_orders_come_first(scenario: Scenario) -> None:
    """No more than the limit are returned."""
    meetings = [await scenario.matched(1, 2), await scenario.matched(3, 4)]
    seats = [seat for meeting in meetings for seat in meeting.seats]
    for seat in seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    due = await scenario.store.room_orders.find_due(3)
    assert [order.identity for order in due] == seats[:3]
