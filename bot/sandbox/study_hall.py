"""The sandbox's server: who is in it, which channels it has, and that pairing is set up there already."""

from dataclasses import dataclass

from aiohttp import ClientSession

from bot.chat.setup.panel import panel_card
from bot.chat.ui.layout import card_view
from bot.domain.server import Audience, Server, Subject
from bot.sandbox.discord.world import World
from bot.store import Store
from bot.words import words_for

STUDENTS = ("Alice", "Bob", "Noor", "Mika", "Sara", "Tomas", "Yuki", "Ines", "Omar", "Lena", "Kofi", "Ravi")
ADMIN = "Dana"
FEWEST, MOST = 2, len(STUDENTS)
COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyHall:
    """The channels' ids."""

    study: int
    talk: int
    staff: int

    @property
    def channels(self) -> tuple[int, ...]:
        """All of them, as the list shows them."""
        return (self.study, self.talk, self.staff)


def furnish(world: World, *, students: int) -> StudyHall:
    """People and channels for an empty world: the first `students` of the list, and an admin."""
    for name in STUDENTS[:students]:
        world.add_person(name)
    world.add_person(ADMIN, admin=True)
    return StudyHall(
        study=world.add_channel("study", topic="Find somebody to study with"),
        talk=world.add_channel("study-hall", topic="Talk while you wait"),
        staff=world.add_channel("staff", topic="Try /buddy setup here", only=[world.role("Staff")]),
    )


async def set_up(world: World, hall: StudyHall, store: Store) -> None:
    """What an admin does with `/buddy setup`: adults, ten subjects, the panel in #study. `world` must have started."""
    subjects = words_for()("chat.setup.first_subjects").split(", ")
    server = Server(
        server_id=world.guild_id,
        name=world.engine.get_guild(world.guild_id).name,
        audience=Audience.ADULTS,
        channel_id=hall.study,
        panel_message_id=await _post_panel(world, hall.study),
        subjects=tuple(Subject(name=name) for name in subjects),
    )
    await store.servers.save(server, expected_version=0)


async def _post_panel(world: World, channel_id: int) -> int:
    """As the bot itself would: with its token, over the wire."""
    panel = card_view(panel_card(words_for(), server_id=world.guild_id))
    body = {"flags": COMPONENTS_V2, "components": panel.to_components()}  # type: ignore[no-untyped-call]  # discord.py's own
    headers = {"Authorization": f"Bot {world.token}"}
    async with (
        ClientSession(headers=headers, raise_for_status=True) as bot,
        bot.post(f"{world.api_base}/channels/{channel_id}/messages", json=body) as answer,
    ):
        return int((await answer.json())["id"])
