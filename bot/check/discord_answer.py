"""Asks Discord's REST API, and says of every answer that is not the one asked for whose side it is on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from bot.chat.request_limiter import seconds_to_wait
from bot.check.answer import Answer, fetch
from bot.check.clocks import DISCORD, STAND_IN, ClockComparison
from bot.check.finding import Finding, describe_duration, found_fault
from bot.config import DiscordSettings
from bot.connection_errors import NO_ANSWER, describe_connection_error

TOKEN_SETTING: Final = "discord.token"  # noqa: S105 -- its name
API_BASE: Final = "discord.api_base"
USUAL_PAUSE: Final = timedelta(hours=1)  # if Discord does not say how long


class NoDiscordAnswer(Exception):
    """Discord has not done what it was asked. `finding` says why; `code` is Discord's own, 0 if it has given none."""

    def __init__(self, subject: str, message: str, *, code: int = 0) -> None:
        super().__init__(message)
        self.finding: Finding = found_fault(subject, message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class DiscordApi:
    """Discord as the settings name it; at any other address than `usual_base` it is a proxy or a stand-in."""

    settings: DiscordSettings
    http: aiohttp.ClientSession
    clocks: ClockComparison
    usual_base: str = DiscordSettings().api_base

    async def read(self, path: str) -> Any:  # noqa: ANN401 -- any JSON
        """Discord's answer to a GET of `path`, parsed. Raises NoDiscordAnswer."""
        return await self._ask("GET", path)

    async def post(self, path: str, content: Mapping[str, object]) -> Any:  # noqa: ANN401 -- any JSON
        """Discord's answer to a POST of `content` to `path`, parsed. Raises NoDiscordAnswer."""
        return await self._ask("POST", path, json=content)

    async def _ask(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 -- any JSON
        headers = {"Authorization": f"Bot {self.settings.token}"}
        try:
            answer = await fetch(self.http, method, f"{self.settings.api_base}{path}", headers=headers, **options)
        except NO_ANSWER as error:
            reason = describe_connection_error(error)
            if self._is_usual and not isinstance(error, aiohttp.ClientConnectorCertificateError):
                reason = f"{reason.partition('; ')[0]}; is a firewall blocking Discord?"  # its address is right
            raise NoDiscordAnswer(API_BASE, f"Discord can't be reached: {reason}") from error
        self.clocks.observe(DISCORD if self._is_usual else STAND_IN, answer.headers)
        content = _parse(answer)
        if answer.status != HTTPStatus.OK:
            raise self._explain_refusal(answer, content)
        if not isinstance(content, dict | list):
            raise self.unlike_discord(answer.status)
        return content

    def unlike_discord(self, status: int = HTTPStatus.OK) -> NoDiscordAnswer:
        """The error that an answer with `status` has not the form of Discord's."""
        hint = (
            "is there a login page or a proxy on the way?"
            if self._is_usual
            else "correct discord.api_base, or leave it out"
        )
        return NoDiscordAnswer(API_BASE, f"something other than Discord answers (status {status}): {hint}")

    @property
    def _is_usual(self) -> bool:
        return self.settings.api_base == self.usual_base

    def _describe_trouble(self, status: int) -> str:
        if self._is_usual:
            return f"Discord itself has trouble (status {status}): see discordstatus.com and check again later"
        return f"what answers there has trouble, or doesn't reach Discord (status {status}): see its log"

    def _explain_refusal(self, answer: Answer, content: object) -> NoDiscordAnswer:
        status = answer.status
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = seconds_to_wait(answer.headers.get("Retry-After"))
            pause = describe_duration(USUAL_PAUSE if seconds is None else timedelta(seconds=seconds))
            message = f"Discord asks this machine's address to wait (status {status}): check again in {pause}"
            return NoDiscordAnswer(API_BASE, message)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return NoDiscordAnswer(API_BASE, self._describe_trouble(status))
        if not (isinstance(content, dict) and "message" in content):
            return self.unlike_discord(status)
        if status == HTTPStatus.UNAUTHORIZED:
            message = "Discord doesn't know this token: copy it again from your application's page Bot"
            return NoDiscordAnswer(TOKEN_SETTING, message)
        code = content.get("code")
        if isinstance(code, int) and code:
            return NoDiscordAnswer(API_BASE, f"Discord refuses it (status {status}, code {code})", code=code)
        message = f"Discord doesn't answer at this address (status {status}): correct it, or leave it out"
        return NoDiscordAnswer(API_BASE, message)


def _parse(answer: Answer) -> Any:  # noqa: ANN401 -- any JSON
    """The JSON of the answer, whatever it claims to be; None if it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
