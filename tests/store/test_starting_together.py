"""Parts of one installation that start at the same moment over the same new file."""

import asyncio
from pathlib import Path

from bot.store import migrate
from bot.store.databases.migrate import migrations


async def test_two_who_start_together_take_turns(database: Path) -> None:
    """One of them makes the tables, the others find them made; nobody fails."""
    ran = await asyncio.gather(*(asyncio.to_thread(migrate, database) for _ in range(8)))
    assert sorted(map(len, ran)) == [0] * 7 + [len(migrations())]
