"""Our named queries in PostgreSQL's dialect: another form of the parameters, and other bodies where SQLite's differ.

Every parameter carries its type, because PostgreSQL would guess it from its neighbour, and `:now - 60000` to be a small
integer.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from bot.store import queries

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: kind
        for kind, names in {
            "bigint": """
                about about_staff actor adult_role_id after again_at ahead announced answer_by
                answer_within apart_at_most apart_until
                at_most attempted barred_at_most barred_until before begun_after blocked_id blocked_pseudonym blocker_id
                blocker_pseudonym card changes changes_at channel_id count counted_after counts_at counts_since
                created_at created_before cut_off_after day_length deleted_at due_at empty_before ended_after
                ends_before escalation everywhere expected_version expires_at fence fewest filed_after filed_at
                filed_before for_good former_id front hides_partner_video is_operator is_staff joined_at judged_by
                kept_until known_escalation known_waits_since
                last_number latest latter_id left_after left_at left_before length limit
                link_lifetime lock_for locked long_before longest_postponement longest_wait member_0 member_1
                member_id mention_sent_after message_id minor_role_id minute_length missing_for moves nobody
                noted_after noted_at noted_before now number only_before_entering only_left open opened_after
                opened_at opened_before opens_at operator operator_first operator_last
                order_id others panel_message_id partner_id pause_days paused
                posts_panel pseudonym pseudonym_0 pseudonym_1 reader reader_id reader_role_id reads released_at
                reported_id reporter reporter_id role_id rule rules_version seen_after seen_at seen_before server_id
                severe_before severe_long_before shard_count side since staff_channel_id stale_at stepped_at
                to_operator together_before token_refused told_after told_at told_before told_since undecided
                undo_report_for unread
                until urgent useful_until version wait_minutes waiting_since waits_before
            """,
            "text": """
                action age_group agreement appeal_side audience came_to_nothing decision encrypted_token evidence
                fields first_refusal former gate holder id ids invitation_id kind kinds known_reason known_sid
                known_words languages lengths link_kinds locale match_id match_kinds member_ids name other_refusal
                our_rules outbox_id outcome panel_text payload place pool pools reason remembered replaceable
                report_id reported_locale reporter_locale requeued room_name route routes rules rules_agreed
                sanctions search_kinds seat_id sentence server_ids session_id severe_reasons shard_ids shows sid source
                states subject subjects ticket_id token_digest track_sid useful_for value wishes word words
            """,
            "bytea": "attempt_hash client_hash cookie_hash token_hash",
        }.items()
        for name in names.split()
    }
)
"""The type of every parameter. A name has the same type in all queries; a list is passed as the text of its JSON."""

_NO_PARAMETER: Final = r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|::"
_TOKEN: Final = re.compile(rf"{_NO_PARAMETER}|:(?P<name>\w+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresQuery:
    """A query with parameters `$1`, `$2` …, and the `names` of the values to pass for them, in this order.

    `named` is the same query with parameters as `:name`.
    """

    named: str
    text: str
    names: tuple[str, ...]


@cache
def load() -> Mapping[str, str]:
    """The SQL of all named queries as PostgreSQL understands it, by `TABLE.NAME`, with parameters as `:name`.

    Reads the files once in a process.
    """
    own = files(__package__).joinpath("postgres.sql").read_text(encoding="utf-8")
    return MappingProxyType({**queries.load(), **queries.parse(own)})


def translate(sql: str) -> PostgresQuery:
    """A query with `:name` parameters in the form that PostgreSQL takes. Raises KeyError for a name without a type."""
    numbers: dict[str, int] = {}

    def number(name: str) -> str:
        return f"${numbers.setdefault(name, len(numbers) + 1)}::{TYPES[name]}"

    return PostgresQuery(named=sql, text=replace_parameters(sql, number), names=tuple(numbers))


def read_from_json(sql: str, variable: str) -> str:
    """A query that reads its parameters from a `jsonb` object of that name, with bytes as hexadecimal digits.

    Raises KeyError for a name without a type.
    """

    def read(name: str) -> str:
        value = f"({variable}->>'{name}')"
        return f"decode({value}, 'hex')" if TYPES[name] == "bytea" else f"{value}::{TYPES[name]}"

    return replace_parameters(sql, read)


def replace_parameters(sql: str, render: Callable[[str], str]) -> str:
    """`sql` with `render(name)` in the place of every `:name`, but not in comments, quoted text or casts (`::`)."""
    return _TOKEN.sub(lambda token: render(token["name"]) if token["name"] else token[0], sql)
