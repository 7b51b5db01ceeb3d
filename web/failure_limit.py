"""The limit of failed attempts by client address. The store counts them, so it holds over all processes."""

import hashlib
import hmac

from aiohttp import web

from bot.clock import Clock, new_id
from bot.store.failed_attempts import FailedAttempts
from web.client_address import ClientAddresses
from web.problems import HttpProblem, seconds_until


class FailureLimit:
    """Counts failed attempts to use links; `address_key` is the key by which addresses are hashed before storing."""

    def __init__(
        self, *, failed_attempts: FailedAttempts, client_addresses: ClientAddresses, address_key: bytes, clock: Clock
    ) -> None:
        self._failed_attempts = failed_attempts
        self._client_addresses = client_addresses
        self._address_key = address_key
        self._clock = clock

    async def record_failure(self, request: web.Request) -> None:
        """Count one for the client of `request`; raises HttpProblem `slow_down` if it is one too many.

        The problem has the seconds to wait. A refused attempt does not count, and who has a good link gets in.
        """
        address, now = self._client_addresses.address_of(request), self._clock.now()
        client_hash = hmac.digest(self._address_key, address.encode("utf-8", "surrogatepass"), hashlib.sha256)
        free_at = await self._failed_attempts.record(new_id(self._clock), client_hash, now)
        if free_at is not None:
            raise HttpProblem("slow_down", retry_after=seconds_until(free_at, now))
