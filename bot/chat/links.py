"""The address of an invitation and how long it is good: the same at each try, because it follows from the id alone."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.invitation import LINK_LIFETIME, digest, link_token
from bot.store.invitations import Invitations


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A way in, good until `until`."""

    address: str
    until: datetime


class Links:
    """Makes addresses from invitations' ids. `public_url` has no slash at its end."""

    def __init__(self, *, invitations: Invitations, clock: Clock, key: bytes, public_url: str) -> None:
        self._invitations = invitations
        self._clock = clock
        self._key = key
        self._public_url = public_url

    def token_hash(self, invitation_id: str) -> bytes:
        """What the store keeps of the link's secret."""
        return digest(link_token(self._key, invitation_id))

    async def of(self, invitation_id: str) -> Link:
        """The link. Its life begins when it first reaches its member, which may be what happens next."""
        invitation = await self._invitations.find_by_token(self.token_hash(invitation_id))
        return self._until(invitation_id, invitation.expires_at if invitation else None)

    async def hand_over(self, invitation_id: str) -> Link:
        """The link, in the answer that its member gets now."""
        link = self._until(invitation_id, None)
        await self._invitations.mark_delivered(invitation_id, now=self._clock.now(), expires_at=link.until)
        return link

    def _until(self, invitation_id: str, expires_at: datetime | None) -> Link:
        address = f"{self._public_url}/j#{link_token(self._key, invitation_id)}"
        return Link(address=address, until=expires_at or self._clock.now() + LINK_LIFETIME)
