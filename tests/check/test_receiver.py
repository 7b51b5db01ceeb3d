"""The receiver listens only where nobody else does, and notes genuine events alone."""

import aiohttp
import pytest

from bot.check.answer import CHECK_HEADER
from bot.check.receiver import WEBHOOK_TYPE, Receiver
from tests.check.installation import Place, receiving
from tests.web.scripted_rooms import OLD_SIGNATURE, SIGNATURE, ScriptedRooms
from web.rooms import RoomEvent

ROOM = f"check-{'a' * 22}"


async def post(place: Place, *, path: str = "/livekit/webhook", signature: str = SIGNATURE) -> int:
    """Send an event as LiveKit does; returns the status."""
    headers = {"Authorization": signature, "Content-Type": WEBHOOK_TYPE}
    async with aiohttp.ClientSession() as http, http.post(f"{place.public_url}{path}", headers=headers) as answer:
        return answer.status


@pytest.fixture
def rooms() -> ScriptedRooms:
    scripted = ScriptedRooms()
    scripted.webhook_event = RoomEvent(id="EV_1", kind="room_started", room_name=ROOM, identity="", sid="")
    return scripted


def noted(receiver: Receiver) -> tuple[set[str], str | None, bool]:
    """What it has noted."""
    return receiver.arrived, receiver.stray_path, receiver.forged


async def test_events(rooms: ScriptedRooms) -> None:
    """A genuine event, one to another path, and a forged one are told apart; those about other rooms are not taken."""
    place = Place()
    receiver = Receiver(host="127.0.0.1", port=place.port, nonce="nonce", rooms=rooms)
    async with receiver.listening():
        assert noted(receiver) == (set(), None, False)
        assert await post(place) == 200
        assert noted(receiver) == ({ROOM}, None, False)
        assert await post(place, path="/elsewhere") == 404
        assert noted(receiver) == ({ROOM}, "/elsewhere", False)
        assert await post(place, signature="forged") == 401
        assert noted(receiver) == ({ROOM}, "/elsewhere", True)
        rooms.webhook_event = RoomEvent(id="EV_2", kind="room_started", room_name="a match", identity="", sid="")
        assert await post(place) == 503
        assert receiver.arrived == {ROOM}


async def test_an_event_of_another_time(rooms: ScriptedRooms) -> None:
    """It is told from a forged one."""
    place = Place()
    receiver = Receiver(host="127.0.0.1", port=place.port, nonce="nonce", rooms=rooms)
    async with receiver.listening():
        assert await post(place, signature=OLD_SIGNATURE) == 401
    assert (receiver.untimely, receiver.forged, receiver.arrived) == (True, False, set())


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104 -- it is not listened at
        ("::", "http://[::1]:8080"),
        ("fd00::1", "http://[fd00::1]:8080"),
        ("localhost", "http://localhost:8080"),
    ],
)
def test_the_address_of_a_place(host: str, address: str) -> None:
    """This machine reaches it there, also if it means all addresses."""
    assert Receiver(host=host, port=8080, nonce="nonce", rooms=None).address == address


async def test_a_place_that_is_taken() -> None:
    """Whoever listens there goes on to do so."""
    place = Place()
    async with receiving(place, None) as first, receiving(place, None) as second:
        assert (first.listens, second.listens) == (True, False)
        async with aiohttp.ClientSession() as http, http.get(place.public_url) as answer:
            assert answer.headers[CHECK_HEADER] == first.nonce
    async with receiving(place, None) as third:
        assert third.listens
