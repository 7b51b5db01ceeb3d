"""The actions of the page's panel *Server*, by their JSON, with what the page is told afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.example_college import create_example_college
from bot.sandbox.example_server import create_example_server
from bot.sandbox.page_snapshot import PageSnapshot
from bot.sandbox.server_actions import ServerActions
from bot.sandbox.world import World
from tests.clocks import VirtualClock

Json = dict[str, Any]


class Panel:
    """Sends the panel's requests about one server, and reads what the page is told of it."""

    def __init__(self, world: World, server_id: int) -> None:
        self._actions = ServerActions(world).by_name()
        self._snapshot = PageSnapshot(world, web_url="http://localhost:8766")
        self._server_id = str(server_id)

    async def do(self, action: str, **body: object) -> None:
        """Send one request."""
        assert await self._actions[action]({"server": self._server_id, **body}) == {}

    @property
    def page(self) -> Json:
        """What the page is told of everything."""
        return self._snapshot.build_snapshot({})

    @property
    def server(self) -> Json:
        """What the page is told of the server."""
        return next(each for each in self.page["servers"] if each["id"] == self._server_id)

    def find(self, group: str, name: str) -> Json:
        """The person, role, or channel called `name`, in this server."""
        return next(
            each
            for each in self.page[group]
            if each.get("name") == name and each.get("server", "") in (self._server_id, "")
        )

    def member(self, name: str) -> Json:
        """What the page is told of a member."""
        member: Json = self.server["members"][self.find("people", name)["id"]]
        return member


@pytest.fixture
def world(clock: VirtualClock) -> World:
    world = World(FakeDiscord(clock=clock, token="right"))
    create_example_server(world.fake_discord, students=2)
    create_example_college(world)
    return world


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world, world.servers[1].id)


async def test_roles(panel: Panel) -> None:
    """A role that is given is shown, and no longer when it is taken."""
    sam, minor = panel.find("people", "Sam")["id"], panel.find("roles", "Under 18")["id"]
    await panel.do("role", member=sam, role=minor, given=True)
    assert panel.member("Sam")["roles"] == [minor]
    await panel.do("role", member=sam, role=minor, given=False)
    assert panel.member("Sam")["roles"] == []


async def test_taking_the_role_of_an_admin(panel: Panel) -> None:
    """Who has lost the role may no longer manage the server, and sees its private channel no more."""
    erik, staff = panel.find("people", "Erik")["id"], panel.find("roles", "Staff")["id"]
    assert panel.member("Erik")["admin"]
    await panel.do("role", member=erik, role=staff, given=False)
    assert not panel.member("Erik")["admin"]
    assert not panel.find("people", "Erik")["admin"]
    assert erik not in panel.find("channels", "staff-room")["readers"]


async def test_timeouts(panel: Panel, clock: VirtualClock) -> None:
    """A timeout is shown until it is over or ended."""
    zoe = panel.find("people", "Zoe")["id"]
    await panel.do("time-out", member=zoe, minutes=10)
    assert panel.member("Zoe")["timed_out_until"] == (clock.now() + timedelta(minutes=10)).isoformat()
    await panel.do("time-out", member=zoe, minutes=0)
    assert panel.member("Zoe")["timed_out_until"] is None
    await panel.do("time-out", member=zoe, minutes=10)
    clock.set(clock.now() + timedelta(minutes=10))
    assert panel.member("Zoe")["timed_out_until"] is None


async def test_kick_ban_and_return(panel: Panel) -> None:
    """Who is out reads nothing there; a ban is shown until it is lifted."""
    leo = panel.find("people", "Leo")["id"]
    await panel.do("kick", member=leo)
    assert leo not in panel.server["members"]
    assert leo not in panel.find("channels", "library")["readers"]
    await panel.do("join", member=leo)
    await panel.do("ban", member=leo)
    assert (leo in panel.server["members"], panel.server["banned"]) == (False, [leo])
    with pytest.raises(ImpossibleAction):
        await panel.do("join", member=leo)
    await panel.do("unban", member=leo)
    await panel.do("join", member=leo)
    assert (panel.member("Leo")["roles"], panel.server["banned"]) == ([], [])


async def test_removing_and_inviting_the_bot(panel: Panel) -> None:
    """The page is told whether the bot is there."""
    await panel.do("remove-bot")
    assert not panel.server["has_bot"]
    await panel.do("invite-bot")
    assert panel.server["has_bot"]


async def test_switches(panel: Panel) -> None:
    """A switch is shown as it is."""

    def switch(name: str) -> Json:
        return next(each for each in panel.server["switches"] if each["name"] == name)

    hide = switch("Hide #library from everyone")
    await panel.do("switch", id=hide["id"], on=True)
    assert switch(hide["name"]) == {**hide, "on": True}
    assert panel.find("channels", "library")["readers"] == []
    await panel.do("switch", id=hide["id"], on=False)
    assert switch(hide["name"]) == hide


@pytest.mark.parametrize(("add", "group"), [("add-role", "roles"), ("add-channel", "channels")])
async def test_roles_and_channels_come_and_go(panel: Panel, add: str, group: str) -> None:
    """One that is added can be renamed and deleted."""
    names: Callable[[], list[str]] = lambda: [each.get("name", "") for each in panel.page[group]]  # noqa: E731 -- read often
    await panel.do(add, name="exams")
    thing = panel.find(group, "exams")["id"]
    await panel.do("rename", id=thing, name="finals")
    assert ("exams" in names(), "finals" in names()) == (False, True)
    await panel.do("delete", id=thing)
    assert "finals" not in names()


def test_who_is_there(panel: Panel) -> None:
    """Adults, members under 18, one with neither role, staff who read reports, two admins."""
    by_roles: dict[tuple[str, ...], list[str]] = {}
    names = {each["id"]: each["name"] for each in panel.page["roles"]}
    for person in panel.page["people"]:
        if member := panel.server["members"].get(person["id"]):
            by_roles.setdefault(tuple(sorted(names[role] for role in member["roles"])), []).append(person["name"])
    assert by_roles == {
        ("Under 18",): ["Zoe", "Leo", "Mia"],
        ("18 or older",): ["Hugo", "Priya", "Lotte", "Nils"],
        (): ["Sam"],
        ("18 or older", "Safety"): ["Vera"],
        ("18 or older", "Staff"): ["Erik", "Freya"],
    }
    assert [each["name"] for each in panel.page["people"] if each["admin"]] == ["Dana", "Jonas", "Erik", "Freya"]


def test_who_reads_the_private_channel(panel: Panel) -> None:
    """Admins and those who read reports, nobody else."""
    names = {each["id"]: each["name"] for each in panel.page["people"]}
    assert {names[each] for each in panel.find("channels", "staff-room")["readers"]} == {"Vera", "Erik", "Freya"}
