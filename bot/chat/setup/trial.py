"""What an admin can do about a trial: begin one, in which they meet themselves, and end it. No Discord here."""

from datetime import datetime

from bot.chat.meeting.links import InvitationLinks
from bot.clock import Clock, new_id
from bot.domain.room import NAME_BYTES, room_name
from bot.domain.trial import TrialStart, trial_agreement
from bot.store.trials import NewTrial, NewTrialSeat, Trials
from bot.words.languages import spoken_language


class TrialActions:
    """Begins and ends trials."""

    def __init__(self, *, trials: Trials, links: InvitationLinks, clock: Clock) -> None:
        self._trials = trials
        self._links = links
        self._clock = clock

    async def start(self, server_id: int, member_id: int, *, locale: str) -> TrialStart:
        """Send two links to this member, who reads `locale`; a former trial of theirs ends."""
        trial_id = new_id(self._clock)
        new = NewTrial(
            id=trial_id,
            server_id=server_id,
            agreement=trial_agreement(spoken_language(locale)),
            locale=locale,
            room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            created_at=self._clock.now(),
            seats=(self._new_seat(trial_id, member_id), self._new_seat(trial_id, member_id)),
            progress_id=new_id(self._clock),
        )
        return await self._trials.start(new)

    async def find_next_start(self, server_id: int, member_id: int) -> datetime | None:
        """From when on this member can begin another trial, if it is for the number of trials."""
        return await self._trials.find_next_start(server_id, member_id, self._clock.now())

    async def finish(self, member_id: int) -> None:
        """End the member's trial, if there is one."""
        await self._trials.end_of_member(member_id, self._clock.now())

    def _new_seat(self, trial_id: str, member_id: int) -> NewTrialSeat:
        invitation_id = new_id(self._clock)
        return NewTrialSeat(
            id=new_id(self._clock),
            match_id=trial_id,
            member_id=member_id,
            invitation_id=invitation_id,
            token_hash=self._links.token_hash(invitation_id),
            message_id=new_id(self._clock),
        )
