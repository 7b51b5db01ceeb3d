"""Which table holds what about members: what a copy of somebody's data has of it, and what becomes of it when deleted.

A new table belongs into one of the two mappings here; a test fails until it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

UNSEEN_BY_MEMBER: Final = "tells nothing about the member"
OF_OTHERS: Final = "tells of somebody else what the member cannot see"
GIVES_ACCESS: Final = "whoever has it could get in somewhere"


class Shape(Enum):
    """How a column is written into a copy of somebody's data."""

    AS_IS = auto()
    ID = auto()  # as text: programs round such large numbers
    TIME = auto()
    DAY = auto()
    FLAG = auto()
    DATA = auto()  # from JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalTable:
    """A table with something about members.

    `export`: the query of a member's rows; `columns` has what a copy shows of them, `withheld` the other columns and
    why. `erase` are the statements that delete a member's rows, or put the pseudonym in the place of the id, and
    `recognize` those that put the id back when the member searches again. `kept_as`: by which entry of `KEPT_FOR` the
    rows get old, None for those that are kept until their member deletes them. `shown_with`: the table whose line in
    `/privacy show` speaks of this one too.
    """

    export: str
    columns: Mapping[str, Shape]
    withheld: Mapping[str, str] = field(default_factory=dict)
    erase: tuple[str, ...] = ()
    recognize: tuple[str, ...] = ()
    kept_as: str | None = None
    shown_with: str | None = None


PERSONAL: Final[Mapping[str, PersonalTable]] = MappingProxyType(
    {
        "members": PersonalTable(
            export="members.export",
            columns={
                "server_id": Shape.ID,
                "wishes": Shape.DATA,
                "seen_at": Shape.TIME,
                "dm_channel_id": Shape.ID,
                "dm_closed_at": Shape.TIME,
            },
            withheld={"member_id": "stands at the top"},
            erase=("members.erase",),
            kept_as="members",
        ),
        "tickets": PersonalTable(
            export="tickets.export",
            columns={
                "server_id": Shape.ID,
                "pool": Shape.AS_IS,
                "name": Shape.AS_IS,
                "locale": Shape.AS_IS,
                "subject": Shape.AS_IS,
                "wishes": Shape.DATA,
                "waiting_since": Shape.TIME,
                "expires_at": Shape.TIME,
                "front": Shape.FLAG,
                "state": Shape.AS_IS,
                "ended_at": Shape.TIME,
            },
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("id", "version", "paused"), UNSEEN_BY_MEMBER),
            },
            erase=("tickets.erase",),
            kept_as="tickets",
        ),
        "matches": PersonalTable(
            export="matches.export",
            columns={
                "id": Shape.AS_IS,
                "kind": Shape.AS_IS,
                "server_id": Shape.ID,
                "pool": Shape.AS_IS,
                "agreement": Shape.DATA,
                "length": Shape.AS_IS,
                "state": Shape.AS_IS,
                "reason": Shape.AS_IS,
                "created_at": Shape.TIME,
                "met_at": Shape.TIME,
                "ends_at": Shape.TIME,
            },
            withheld={
                **dict.fromkeys(("room_name", "reminded_at", "version"), UNSEEN_BY_MEMBER),
                **dict.fromkeys(("together_since", "parted_at", "empty_since", "ended_at"), OF_OTHERS),
            },
            kept_as="matches",
            shown_with="seats",
        ),
        "media_times": PersonalTable(
            export="media_times.export",
            columns={
                "seat_id": Shape.AS_IS,
                "source": Shape.AS_IS,
                "first_at": Shape.TIME,
                "last_at": Shape.TIME,
            },
            withheld=dict.fromkeys(("track_sid", "connection_sid"), UNSEEN_BY_MEMBER),
            kept_as="matches",
            shown_with="seats",
        ),
        "invitations": PersonalTable(
            export="invitations.export",
            columns={
                "seat_id": Shape.AS_IS,
                "state": Shape.AS_IS,
                "issued_at": Shape.TIME,
                "opened_at": Shape.TIME,
                "delivered_at": Shape.TIME,
                "delivered_by": Shape.AS_IS,
                "expires_at": Shape.TIME,
                "redeemed_at": Shape.TIME,
            },
            withheld=dict.fromkeys(("id", "token_hash", "attempt_hash", "session_id"), GIVES_ACCESS),
            erase=("invitations.erase",),
            kept_as="matches",
            shown_with="seats",
        ),
        "browser_sessions": PersonalTable(
            export="browser_sessions.export",
            columns={
                "seat_id": Shape.AS_IS,
                "state": Shape.AS_IS,
                "created_at": Shape.TIME,
                "seen_at": Shape.TIME,
                "ended_at": Shape.TIME,
            },
            withheld=dict.fromkeys(("id", "cookie_hash"), GIVES_ACCESS),
            erase=("browser_sessions.erase",),
            kept_as="browser_sessions",
        ),
        "outbox": PersonalTable(
            export="outbox.export",
            columns={
                "kind": Shape.AS_IS,
                "server_id": Shape.ID,
                "match_id": Shape.AS_IS,
                "locale": Shape.AS_IS,
                "payload": Shape.DATA,
                "route": Shape.AS_IS,
                "settled_at": Shape.TIME,
                "channel_id": Shape.ID,
                "message_id": Shape.ID,
            },
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("id", "invitation_id"), GIVES_ACCESS),
                **dict.fromkeys(
                    (
                        *("seat_id", "ticket_id", "state", "attempts", "due_at", "useful_until", "reason", "shows"),
                        *("stale_at", "changes", "report_id"),
                    ),
                    UNSEEN_BY_MEMBER,
                ),
            },
            erase=("outbox.erase",),
            kept_as="outbox",
        ),
        "interactions": PersonalTable(
            export="interactions.export",
            columns={"opened_at": Shape.TIME, "message_id": Shape.ID},
            withheld={
                "member_id": "stands at the top",
                "encrypted_token": GIVES_ACCESS,
                **dict.fromkeys(("card", "outbox_id"), UNSEEN_BY_MEMBER),
            },
            erase=("interactions.erase",),
            kept_as="interactions",
        ),
        "memberships": PersonalTable(
            export="memberships.export",
            columns={
                "server_id": Shape.ID,
                "told_at": Shape.TIME,
                "joined_at": Shape.TIME,
                "age_group": Shape.AS_IS,
                "barred_reason": Shape.AS_IS,
                "barred_until": Shape.TIME,
            },
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("asked_at", "urgent"), UNSEEN_BY_MEMBER),
            },
            erase=("memberships.erase",),
            kept_as="memberships",
        ),
        "rules_consents": PersonalTable(
            export="rules_consents.export",
            columns={"server_id": Shape.ID, "version": Shape.AS_IS, "agreed_at": Shape.TIME},
            withheld={"member_id": "stands at the top"},
            erase=("rules_consents.erase",),
            kept_as="rules_consents",
        ),
        "postponed_searches": PersonalTable(
            export="postponed_searches.export",
            columns={
                "server_id": Shape.ID,
                "wishes": Shape.DATA,
                "wait_minutes": Shape.AS_IS,
                "postponed_at": Shape.TIME,
            },
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("remembered", "moves"), UNSEEN_BY_MEMBER),
            },
            erase=("postponed_searches.erase",),
            kept_as="postponed_searches",
        ),
        "gate_reminders": PersonalTable(
            export="gate_reminders.export",
            columns={
                "server_id": Shape.ID,
                "joined_at": Shape.TIME,
                "locale": Shape.AS_IS,
                "due_at": Shape.TIME,
            },
            withheld={"member_id": "stands at the top"},
            erase=("gate_reminders.erase",),
        ),
        "setup_drafts": PersonalTable(
            export="setup_drafts.export",
            columns={"server_id": Shape.ID, "fields": Shape.DATA, "typed_at": Shape.TIME},
            withheld={"member_id": "stands at the top"},
            erase=("setup_drafts.erase",),
            kept_as="setup_drafts",
        ),
        "last_meetings": PersonalTable(
            export="last_meetings.export",
            columns={"last_day": Shape.DAY},
            withheld=dict.fromkeys(("low_id", "high_id", "last_at", "apart_until"), OF_OTHERS),
            erase=("last_meetings.erase", "last_meetings.copy_renamed", "last_meetings.delete_former"),
            recognize=("last_meetings.copy_renamed", "last_meetings.delete_former"),
            kept_as="last_meetings",
        ),
        "blocks": PersonalTable(
            export="blocks.export",
            columns={"since": Shape.TIME, "blocked_name": Shape.AS_IS},
            withheld={"blocker_id": OF_OTHERS, "blocked_id": OF_OTHERS},
            erase=("blocks.copy_renamed", "blocks.delete_former"),
            recognize=("blocks.copy_renamed", "blocks.delete_former"),
        ),
        "restrictions": PersonalTable(
            export="restrictions.export",
            columns={"server_id": Shape.ID, "kind": Shape.AS_IS, "in_force": Shape.FLAG, "until": Shape.TIME},
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("id", "since", "report_id", "lifted_at"), OF_OTHERS),
            },
            erase=("restrictions.erase",),
            recognize=("restrictions.recognize",),
            kept_as="restrictions",
        ),
        "appeals": PersonalTable(  # before the reports, which tell whose they are
            export="appeals.export",
            columns={
                "side": Shape.AS_IS,
                "words": Shape.AS_IS,
                "asked_at": Shape.TIME,
                "outcome": Shape.AS_IS,
            },
            withheld=dict.fromkeys(("report_id", "decided_at", "decided_by", "sentence"), OF_OTHERS),
            erase=("appeals.erase",),
            kept_as="reports",
            shown_with="reports",
        ),
        "former_reporters": PersonalTable(  # before the reports, which tell whose they are
            export="former_reporters.export",
            columns={"counts_at": Shape.TIME},
            withheld=dict.fromkeys(("report_id", "reporter"), UNSEEN_BY_MEMBER),
            erase=("former_reporters.add_erased",),
            kept_as="former_reporters",
        ),
        "reports": PersonalTable(
            export="reports.export",
            columns={
                "server_id": Shape.ID,
                "number": Shape.AS_IS,
                "place": Shape.AS_IS,
                "reason": Shape.AS_IS,
                "words": Shape.AS_IS,
                "filed_at": Shape.TIME,
            },
            withheld={
                "reporter_id": "stands at the top",
                **dict.fromkeys(
                    (
                        *("id", "match_id", "side", "reporter_locale", "counts_at", "announced", "blocked_before"),
                        *("escalation", "due_at", "kept_until"),
                    ),
                    UNSEEN_BY_MEMBER,
                ),
                **dict.fromkeys(
                    (
                        *("reported_id", "reported_locale", "evidence", "about_staff", "to_operator", "read_at"),
                        *("taken_by", "taken_until", "decided_at", "decided_by", "decision", "rule", "sentence"),
                        *("pause_days", "everywhere", "waits_since"),
                    ),
                    OF_OTHERS,
                ),
            },
            erase=("reports.erase", "reports.erase_reported"),
            recognize=("reports.recognize",),
            kept_as="reports",
        ),
        "malicious_reporters": PersonalTable(
            export="malicious_reporters.export",
            columns={"until": Shape.TIME},
            withheld={"member_id": "stands at the top", "report_id": OF_OTHERS},
            erase=("malicious_reporters.erase",),
            recognize=("malicious_reporters.recognize",),
            kept_as="malicious_reporters",
        ),
        "staff_members": PersonalTable(
            export="staff_members.export",
            columns={"server_id": Shape.ID, "reads": Shape.FLAG, "seen_at": Shape.TIME},
            withheld={"member_id": "stands at the top"},
            erase=("staff_members.erase",),
            kept_as="staff_members",
        ),
        "pseudonyms": PersonalTable(
            export="pseudonyms.export",
            columns={"is_kept": Shape.FLAG},
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("pseudonym", "named_at"), OF_OTHERS),
            },
            erase=("pseudonyms.erase",),
            kept_as="pseudonyms",
        ),
        "seats": PersonalTable(
            export="seats.export",
            columns={
                "id": Shape.AS_IS,
                "match_id": Shape.AS_IS,
                "name": Shape.AS_IS,
                "partner_name": Shape.AS_IS,
                "locale": Shape.AS_IS,
                "entered_at": Shape.TIME,
                "left_at": Shape.TIME,
            },
            withheld={
                "member_id": "stands at the top",
                **dict.fromkeys(("ticket_id", "side", "live", "left_for_good", "sid"), UNSEEN_BY_MEMBER),
            },
            erase=("seats.erase",),  # last: others find their rows by the member's seats
            recognize=("seats.recognize",),
            kept_as="matches",
        ),
    }
)
"""By table, in the order of deletion."""

IMPERSONAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "servers": "settings of servers",
        "room_orders": "rooms, and places in them, by numbers that name nobody",
        "webhook_events": "numbers of LiveKit's reports",
        "failed_attempts": "addresses of browsers, hashed, for a minute; nobody knows whose they are",
        "report_numbers": "how many reports a server has had",
        "report_recusals": "readers of reports, by pseudonyms",
        "audit": "what readers did with reports, by pseudonyms",
        "deletions": "who has just deleted their data, until it is all gone",
        "leases": "processes",
        "readiness": "processes",
        "chat_processes": "processes",
        "refused_requests": "processes",
        "installation": "values of the installation",
    }
)
"""Tables with nothing about members that a copy or a deletion could be about, and what they hold."""
