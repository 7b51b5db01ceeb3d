"""Link redemption: a one-time link becomes a browser session.

The order is: read only, ensure that the room exists, then redeem by one conditional update. So a refused link creates
no room, and no link is lost while LiveKit is down.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.clock import Clock, new_id
from bot.domain.browser_session import cookie_secret
from bot.domain.invitation import REPEAT_WITHIN, InvitationState, digest
from bot.domain.match import MatchState
from bot.domain.membership import is_barred
from bot.domain.room import NAME_BYTES, room_name
from bot.store.invitations import Invitation, Invitations, NewBrowserSession
from bot.store.seats import SeatInMatch
from bot.store.trials import Trials
from web.entry_metrics import EntryMetrics
from web.problems import HttpProblem
from web.rooms import Rooms


@dataclass(frozen=True, kw_only=True, slots=True)
class RedemptionAttempt:
    """One browser's attempt to redeem a link. `key` is the page's UUID, the same for each repeat."""

    token_hash: bytes
    key: str

    @classmethod
    def with_token(cls, token: str, *, key: str) -> Self:
        """An attempt with the token of a link."""
        return cls(token_hash=digest(token), key=key)

    @property
    def key_hash(self) -> bytes:
        """What the store keeps of the key."""
        return digest(self.key)


class LinkRedemption:
    """Redeems links; `cookie_key` is the secret from which session cookies are derived."""

    def __init__(
        self,
        *,
        invitations: Invitations,
        trials: Trials,
        rooms: Rooms,
        cookie_key: bytes,
        clock: Clock,
        entry_metrics: EntryMetrics,
    ) -> None:
        self._invitations = invitations
        self._trials = trials
        self._rooms = rooms
        self._cookie_key = cookie_key
        self._clock = clock
        self._entry_metrics = entry_metrics

    def cookie_secret_for(self, invitation: Invitation, attempt: RedemptionAttempt) -> str:
        """The session cookie's value; a repeated attempt gets the same one."""
        return cookie_secret(self._cookie_key, invitation.invitation_id, attempt.key)

    async def find_to_inspect(self, attempt: RedemptionAttempt) -> Invitation | None:
        """The invitation of a link that is opened; None if there is none. A store that fails counts.

        That a link of a trial was opened is recorded: its admin sees it.
        """
        with self._entry_metrics.opening_link(attempt.token_hash):
            invitation = await self._invitations.find_by_token(attempt.token_hash)
        if invitation is not None and invitation.is_trial:
            await self._trials.mark_opened(attempt.token_hash, self._clock.now())
        return invitation

    async def find_to_redeem(self, attempt: RedemptionAttempt) -> Invitation | None:
        """The invitation of a link that is to be redeemed; None if there is none. A store that fails counts."""
        with self._entry_metrics.redeeming_link(attempt.token_hash):
            return await self._invitations.find_by_token(attempt.token_hash)

    def inspect(self, invitation: Invitation | None, attempt: RedemptionAttempt) -> None:
        """Raise HttpProblem unless `redeem` would succeed by now, as that does, but for `video_*`.

        Counts that the link was opened, unless it is one of a trial; changes nothing else.
        """
        if invitation is not None and invitation.is_trial:
            self._require_redeemable(invitation, attempt)
            return
        with self._entry_metrics.opening_link(attempt.token_hash):
            self._require_redeemable(invitation, attempt)
        self._entry_metrics.count_opened(attempt.token_hash)

    async def redeem(self, invitation: Invitation | None, attempt: RedemptionAttempt) -> Invitation:
        """Redeem a link for a new session, or recognise a repeated attempt.

        Returns the invitation: still OPEN if this call redeemed it, REDEEMED for a repeat. Creates the room. Raises
        HttpProblem with a `link_*` code, `not_allowed`, `other_pool`, `match_over`, or a `video_*` code, in which case
        the link stays unspent. What becomes of a link of a trial does not count.
        """
        if invitation is not None and invitation.is_trial:
            return await self._redeem(self._require_redeemable(invitation, attempt), attempt)
        with self._entry_metrics.redeeming_link(attempt.token_hash):
            return await self._redeem(self._require_redeemable(invitation, attempt), attempt)

    def _require_redeemable(self, invitation: Invitation | None, attempt: RedemptionAttempt) -> Invitation:
        """The invitation: OPEN if it can be redeemed, REDEEMED if this attempt has done so."""
        if invitation is None:
            raise HttpProblem("link_unknown")
        now = self._clock.now()
        if not _is_repeat(invitation, attempt, now):
            _require_open(invitation, now)
        return invitation

    async def _redeem(self, invitation: Invitation, attempt: RedemptionAttempt) -> Invitation:
        if invitation.state is InvitationState.REDEEMED:
            return invitation
        await self._rooms.ensure_room(invitation.room_name)
        if await self._write(invitation, attempt):
            if not invitation.is_trial:
                self._entry_metrics.count_redeemed()
            return invitation
        return await self._lost_race(attempt)

    async def _write(self, invitation: Invitation, attempt: RedemptionAttempt) -> bool:
        cookie_hash = digest(self.cookie_secret_for(invitation, attempt))
        return await self._invitations.redeem(
            invitation,
            token_hash=attempt.token_hash,
            attempt_hash=attempt.key_hash,
            session=NewBrowserSession(id=new_id(self._clock), cookie_hash=cookie_hash),
            fresh_room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            now=self._clock.now(),
        )

    async def _lost_race(self, attempt: RedemptionAttempt) -> Invitation:
        """Something changed while the room was being created: perhaps a repeat of the same attempt succeeded."""
        found = await self._invitations.find_by_token(attempt.token_hash)
        if found is not None and found.match_state is MatchState.ENDED:  # the new room must not stay open
            await self._rooms.close_room(found.room_name)
        invitation = self._require_redeemable(found, attempt)
        if invitation.state is InvitationState.OPEN:
            raise HttpProblem("link_used")
        return invitation


def room_is_ready(redeemed: Invitation, seat: SeatInMatch) -> bool:
    """Whether the room that `LinkRedemption.redeem` ensured is the one `seat` has now.

    False for a repeat, which ensured no room, and for a seat whose room changed because its browser was replaced.
    """
    is_first_time = redeemed.state is InvitationState.OPEN
    return is_first_time and seat.match.state is not MatchState.ENDED and seat.match.room_name == redeemed.room_name


def _is_repeat(invitation: Invitation, attempt: RedemptionAttempt, now: datetime) -> bool:
    return (
        invitation.state is InvitationState.REDEEMED
        and invitation.attempt_hash == attempt.key_hash
        and invitation.redeemed_at is not None
        and now < invitation.redeemed_at + REPEAT_WITHIN
        and invitation.session_active
    )


def _require_open(invitation: Invitation, now: datetime) -> None:
    if is_barred(invitation.barred_until, now):
        raise HttpProblem("not_allowed")
    if invitation.is_in_other_pool:
        raise HttpProblem("other_pool")
    if invitation.seat_left or invitation.match_state is MatchState.ENDED or invitation.state is InvitationState.OVER:
        raise HttpProblem("match_over")
    if invitation.state is InvitationState.REPLACED:
        raise HttpProblem("link_replaced")
    if invitation.state is InvitationState.REDEEMED:
        raise HttpProblem("link_used")
    if invitation.expires_at is not None and now >= invitation.expires_at:
        raise HttpProblem("link_expired")
