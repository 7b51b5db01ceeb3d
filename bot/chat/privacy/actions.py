"""What `/privacy` does: reads a member's data, writes it into a file, deletes it."""

import asyncio
from collections.abc import Sequence

from bot.chat.privacy.copy_file import write_copy
from bot.clock import Clock
from bot.domain.pseudonym import NOBODY_BYTES, nobody_of
from bot.store.personal_data import PersonalCopy, PersonalData


class PrivacyActions:
    """Acts for the member who asks, and on nobody else's data."""

    def __init__(self, personal_data: PersonalData, clock: Clock) -> None:
        self._personal_data = personal_data
        self._clock = clock

    async def read(self, member_id: int) -> PersonalCopy:
        """What is kept about the member."""
        return await self._personal_data.read(member_id, self._clock.now())

    async def write(self, member_id: int, copy: PersonalCopy, notes: Sequence[str]) -> bytes:
        """The file with `copy`, made in a thread: a large one would hold up everybody else's answers."""
        made_at = self._clock.now()
        return await asyncio.to_thread(write_copy, copy, member_id=member_id, made_at=made_at, notes=notes)

    async def delete(self, member_id: int) -> None:
        """Delete what is kept about the member. Their search and their session end. Repeating it does no harm."""
        nobody = nobody_of(self._clock.random_bytes(NOBODY_BYTES))
        await self._personal_data.erase(member_id, nobody=nobody, now=self._clock.now())
