"""The link of an invitation and how long it is valid.

It is derived from the invitation's id, so a message that is retried carries the same link.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.clock import Clock
from bot.domain.invitation import LINK_LIFETIME, InvitationState, digest, link_token
from bot.store.invitations import Invitations


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationLink:
    """The address that lets a member into the room, and until when."""

    address: str
    valid_until: datetime


class NoLink(StrEnum):
    """Why a link to a live match does not work."""

    REDEEMED = InvitationState.REDEEMED
    SUPERSEDED = "superseded"  # it was redeemed, and then another link, which took the seat over
    REPLACED = InvitationState.REPLACED
    EXPIRED = "expired"


class InvitationLinks:
    """Makes links from invitation ids. `public_url` has no slash at its end."""

    def __init__(self, *, invitations: Invitations, clock: Clock, key: bytes, public_url: str) -> None:
        self._invitations = invitations
        self._clock = clock
        self._key = key
        self._public_url = public_url

    def token_hash(self, invitation_id: str) -> bytes:
        """The hash by which the store finds the link's invitation."""
        return digest(link_token(self._key, invitation_id))

    async def find(self, invitation_id: str) -> InvitationLink | NoLink:
        """The link with its validity, which starts at the first delivery; before that, as if delivered now.

        Instead of a link that does not work any more, why it does not.
        """
        invitation = await self._invitations.find_by_token(self.token_hash(invitation_id))
        if invitation is None or invitation.state is InvitationState.OVER:
            return NoLink.EXPIRED
        if invitation.state is InvitationState.REDEEMED and not invitation.session_active:
            return NoLink.SUPERSEDED
        if invitation.state is not InvitationState.OPEN:
            return NoLink(invitation.state)
        link = self._link(invitation_id, invitation.expires_at)
        return link if link.valid_until > self._clock.now() else NoLink.EXPIRED

    async def hand_over(self, invitation_id: str) -> InvitationLink:
        """The link, recorded as delivered now: the member gets it in the answer to their interaction."""
        link = self._link(invitation_id, None)
        await self._invitations.mark_delivered(invitation_id, now=self._clock.now(), expires_at=link.valid_until)
        return link

    def _link(self, invitation_id: str, expires_at: datetime | None) -> InvitationLink:
        address = f"{self._public_url}/j#{link_token(self._key, invitation_id)}"
        return InvitationLink(address=address, valid_until=expires_at or self._clock.now() + LINK_LIFETIME)
