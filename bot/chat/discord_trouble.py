"""What can go wrong between us and Discord, each kind in one sentence, and what follows from it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import aiohttp
import discord

from bot.chat.request_limiter import LONGEST_STOP, NotDiscord, is_json, seconds_to_wait
from bot.chat.request_queue import HeldBack
from bot.clock import describe_time
from bot.connection_errors import describe_connection_error
from bot.domain.message import Unauthorized
from bot.log import ExpectedError, describe_error, describe_os_error

AUTHENTICATION_FAILED = 4004  # the close code with which the gateway refuses a token
TOO_FEW_SHARDS = 4011
DISALLOWED_INTENTS = 4014
MISTAKES: Final[Mapping[int, str]] = MappingProxyType(
    {
        4010: "Discord doesn't accept our shard numbers: correct --shard-ids and discord.shard_count",
        TOO_FEW_SHARDS: "Discord demands more shards by now: raise discord.shard_count, or leave it out",
        4012: "Discord no longer accepts how this version connects: install a newer one",
        4013: "Discord doesn't know an intent that this version asks for: install a newer one",
        DISALLOWED_INTENTS: "Discord doesn't allow an intent that we ask for: install the version that belongs here",
    }
)
"""Close codes of the gateway that do not heal by themselves."""

REFUSED_LINKS: Final = ("code 240000", "code 200000")
"""How `reason_of` names that Discord, or AutoMod, takes no message with our link."""
OPENING_CHANNELS_TOO_FAST = 40003
TOO_MANY_OLD_EDITS = 30046  # of one message, an hour after it was sent
LONGEST_DETAIL = 200  # letters of Discord's own words in a sentence
LOOK_FOR_PROXY = "look for a proxy in between, and at this machine's clock"
SHORT_PAUSE = 60.0  # seconds; the time of the next try is told for longer ones

NOT_CONNECTED = "there is no connection to Discord"
"""The reason why nothing can be tried at the moment."""

Json = Mapping[str, object]


class TokenRefused(Unauthorized):
    """Discord refuses the bot's token. Copy it again from the page Bot of your application in the developer portal."""


class UnreadableAnswer(ExpectedError):
    """Discord's answer is not in its usual form."""


@contextmanager
def reading_answers() -> Iterator[None]:
    """Turn the errors of a library that reads an answer of the wrong form into UnreadableAnswer."""
    try:
        yield
    except (aiohttp.ClientError, OSError):  # some of these are a ValueError as well
        raise
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableAnswer(f"Discord's answer isn't in its usual form ({type(error).__name__})") from error


def is_token_refused(error: BaseException) -> bool:
    """Whether Discord itself refuses the token: its gateway, or a 401 that is not somebody else's web page."""
    if isinstance(error, discord.ConnectionClosed):
        return error.code == AUTHENTICATION_FAILED
    refusal = _root_of(error)
    return (
        isinstance(refusal, discord.HTTPException)
        and refusal.status == HTTPStatus.UNAUTHORIZED
        and is_json(refusal.response)
    )


def is_temporary(refusal: discord.HTTPException) -> bool:
    """Whether a refusal says nothing of what was asked, so that the same request may succeed later.

    Discord is not available or wants fewer requests, or it is not Discord that refuses: its own refusals have a code.
    """
    return (
        refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or (refusal.status == HTTPStatus.TOO_MANY_REQUESTS and refusal.code != TOO_MANY_OLD_EDITS)
        or refusal.code in {0, OPENING_CHANNELS_TOO_FAST}
    )


def is_mistake(error: BaseException, *, shard_count_is_set: bool) -> bool:
    """Whether trying again cannot help before somebody has changed something here.

    Unless the number of shards is set, each connection asks Discord for it, so that too few are none a moment later.
    """
    code = _close_code(error)
    return code in MISTAKES and (shard_count_is_set or code != TOO_FEW_SHARDS)


def retry_after(error: BaseException) -> float | None:
    """The seconds that Discord asks us to wait, an hour at most; None if it names none."""
    error = _root_of(error)
    seconds: float | None = None
    if isinstance(error, HeldBack | discord.RateLimited):
        seconds = error.retry_after
    elif isinstance(error, discord.HTTPException):
        seconds = seconds_to_wait(error.response.headers.get("Retry-After"))
    return None if seconds is None else min(seconds, LONGEST_STOP)


def describe_next_try(seconds: float, now: datetime) -> str:
    """When it is tried again, `seconds` from `now`, as a sentence."""
    if seconds <= SHORT_PAUSE:
        return "Trying again."
    return f"Trying again at {describe_time(now + timedelta(seconds=seconds), now)}."


def describe_trouble(error: BaseException) -> str | None:
    """What is wrong, as a sentence without its full stop; None if it is nothing that Discord or the network does."""
    error = _root_of(error)
    if isinstance(error, discord.HTTPException):
        return _describe_refusal(error)
    if code := _close_code(error):
        return MISTAKES.get(code, f"Discord closed the connection (code {code})")
    if isinstance(error, discord.RateLimited):
        return "Discord asks for a pause"
    if isinstance(error, UnreadableAnswer | HeldBack | NotDiscord):
        return str(error).rstrip(".")
    if isinstance(error, discord.GatewayNotFound):
        return "Discord's gateway can't be reached"
    return _describe_broken_line(error)


def reason_of(error: BaseException) -> str:
    """What is wrong, for the log and the outbox; an error that is not known is described by itself."""
    return describe_trouble(error) or describe_error(error)


def log_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log `what`, which says what has failed, with what is wrong at Discord, or else with `error` as it is."""
    trouble = describe_trouble(error) if isinstance(error, discord.DiscordException | aiohttp.ClientError) else None
    if trouble is None:
        log.error("%s", what, exc_info=error)
    else:
        log.error("%s: %s", what, trouble)


def _describe_refusal(refusal: discord.HTTPException) -> str:
    status = refusal.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"Discord isn't available ({status})"
    if status == HTTPStatus.TOO_MANY_REQUESTS and refusal.code == 0:
        return "Discord refuses this machine's address, or too many requests, for a while (429)"
    if not is_json(refusal.response):
        return f"something between this machine and Discord refuses with a page of its own ({status})"
    if status == HTTPStatus.NOT_FOUND and refusal.code == 0:
        return "Discord doesn't know this address (404): correct discord.api_base, or leave it out"
    detail = " ".join(refusal.text.split())[:LONGEST_DETAIL]
    return f"Discord refuses the request ({status}, code {refusal.code}: {detail})"


def _describe_broken_line(error: BaseException) -> str | None:
    if isinstance(error, aiohttp.ClientSSLError):
        return f"no secure connection to Discord: {_describe_fault(error)} ({LOOK_FOR_PROXY})"
    if isinstance(error, TimeoutError):
        return "Discord doesn't answer in time"
    if isinstance(error, aiohttp.ClientError | OSError):
        return f"Discord can't be reached: {_describe_reason(error)}"
    return None


def _describe_reason(error: aiohttp.ClientError | OSError) -> str:
    """Why there is no connection, or how one has broken."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return _describe_fault(error)
    return describe_os_error(error) if isinstance(error, OSError) else describe_error(error)


def _describe_fault(error: aiohttp.ClientConnectorError) -> str:
    """What is wrong. What to do about it is another thing for Discord than for a server of one's own."""
    return describe_connection_error(error).partition("; ")[0]


def _close_code(error: BaseException) -> int | None:
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return DISALLOWED_INTENTS
    return error.code if isinstance(error, discord.ConnectionClosed) else None


def _root_of(error: BaseException) -> BaseException:
    """What the library wraps: a refused login or an address of the gateway that was not found."""
    wraps = isinstance(error, discord.LoginFailure | discord.GatewayNotFound)
    return error.__cause__ if wraps and error.__cause__ else error
