"""Sends the safety contact a real message, on request. Discord itself remembers it: there is one an hour at most."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from bot.chat.direct_channels import TAKES_NO_DIRECT_MESSAGES
from bot.check.discord_answer import DiscordApi, NoDiscordAnswer
from bot.check.finding import Finding, describe_duration, found_fault, found_note, found_well
from bot.words import words_for

SUBJECT: Final = "ops.safety_contact"
PAUSE: Final = timedelta(hours=1)
NONCE: Final = "safety-contact-test"
"""Of two checks at the same moment one gets back the message of the other."""
LOOKS_BACK: Final = 100
"""Messages in the contact's channel that are looked at for the last test."""
NO_PERSON: Final = frozenset({10013, 50033, 50035})
ADVICE: Final = MappingProxyType(
    {
        **dict.fromkeys(
            NO_PERSON,
            "there is no person with this id: switch on Developer Mode in Discord's settings, then copy your user id",
        ),
        **dict.fromkeys(
            TAKES_NO_DIRECT_MESSAGES,
            "Discord delivers this account no message from the bot: join a server that has it, allow direct messages "
            "from there, and don't block the bot",
        ),
    }
)
"""By Discord's code."""


async def check_safety_contact(discord: DiscordApi, user_id: int, now: datetime) -> Sequence[Finding]:
    """Send the test message, unless there was one less than `PAUSE` ago; nothing without a contact (0)."""
    if not user_id:
        return ()
    try:
        return (await _send_test(discord, user_id, now),)
    except NoDiscordAnswer as trouble:
        advice = ADVICE.get(trouble.code)
        reason = f"{advice} (code {trouble.code})" if advice else f"the test message can't be sent, because {trouble}"
        return (found_fault(SUBJECT, reason),)


async def _send_test(discord: DiscordApi, user_id: int, now: datetime) -> Finding:
    text = words_for()("chat.report.contact_test")
    channel: Any = await discord.post("/users/@me/channels", {"recipient_id": str(user_id)})
    try:
        messages = f"/channels/{channel['id']}/messages"
        last = _last_test(await discord.read(f"{messages}?limit={LOOKS_BACK}"), text)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise discord.unlike_discord() from error
    if last is not None and now - last < PAUSE:
        again = describe_duration(last + PAUSE - now)
        return found_note(SUBJECT, f"has had a test message less than an hour ago; another one can be sent in {again}")
    message = {"content": text, "nonce": NONCE, "enforce_nonce": True, "allowed_mentions": {"parse": []}}
    await discord.post(messages, message)
    return found_well(SUBJECT, "Discord has delivered the test message; it's among this account's direct messages")


def _last_test(messages: Any, text: str) -> datetime | None:  # noqa: ANN401 -- any JSON
    """When the newest test among these messages was sent, or None."""
    return max(
        (datetime.fromisoformat(each["timestamp"]) for each in messages if each["content"] == text), default=None
    )
