"""Everything about the page: its place on this machine, its public address, and the proxies in front of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bot.check.clocks import ClockComparison
from bot.check.finding import Finding
from bot.check.local_page import Occupant, look_at_place
from bot.check.proxies import check_proxies, check_trust
from bot.check.public_page import PublicPage
from bot.check.receiver import Receiver
from bot.config import Settings


@dataclass(frozen=True, kw_only=True)
class PageCheck:
    """What is found, and whether `heybuddy run` runs, here or elsewhere."""

    findings: Sequence[Finding]
    is_running: bool


async def check_page(
    settings: Settings, receiver: Receiver, *, http: aiohttp.ClientSession, clocks: ClockComparison
) -> PageCheck:
    """Look at the page's own place, where `receiver` has tried to listen, and open the page by its public address."""
    local = await look_at_place(receiver, http, clocks)
    public_url = settings.web.public_url
    livekit_url = settings.livekit.url if settings.livekit else ""
    page = PublicPage(url=public_url, livekit_url=livekit_url, nonce=receiver.nonce, local=local)
    opened = await page.open(http, clocks)
    runs_elsewhere = opened.is_running_page and receiver.listens
    trusted = settings.web.trusted_proxies
    proxies = None if runs_elsewhere else check_proxies(public_url, trusted, receiver.last_hop)
    return PageCheck(
        findings=[finding for finding in (local.fault, opened.finding, proxies, check_trust(trusted)) if finding],
        is_running=local.occupant is Occupant.HEY_BUDDY or opened.is_running_page,
    )
