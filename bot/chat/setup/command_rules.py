"""Whether a server's settings switch commands off for members, by what Discord answers about Integrations. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Rules = Mapping[int, bool]


def are_commands_off(
    answer: Sequence[Mapping[str, Any]],
    *,
    application_id: int,
    command_ids: Collection[int],
    server_id: int,
    channel_id: int | None,
) -> bool:
    """Whether one of the commands is switched off for everybody, or in the channel.

    `answer` lists rules for commands, and under the application's id those for all that have none of their own.
    Raises LookupError, TypeError or ValueError for another form.
    """
    by_id = {int(each["id"]): dict(_rules_in(each)) for each in answer}
    for_all = by_id.get(application_id, {})
    return any(_is_off(by_id.get(each, for_all), server_id, channel_id) for each in command_ids)


def _rules_in(answer: Mapping[str, Any]) -> Iterator[tuple[int, bool]]:
    return ((int(rule["id"]), bool(rule["permission"])) for rule in answer["permissions"])


def _is_off(rules: Rules, server_id: int, channel_id: int | None) -> bool:
    """The server's own id stands for everybody, the one below it for all channels; a channel's rule goes first."""
    in_channel = rules.get(channel_id or 0, rules.get(server_id - 1, True))
    return not (rules.get(server_id, True) and in_channel)
