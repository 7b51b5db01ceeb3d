"""No text that a member under 18 can read presses them: no streak, ranking, nudge, or word for an open camera.

Every text that members read is held to this, since none is written for one age group. A new text counts as one for
members unless its key says that only staff read it.
"""

import re
from collections.abc import Mapping

import pytest

from bot.domain.message import MessageKind
from bot.words import words_for

FOR_STAFF = (
    "chat.setup.",
    "chat.check.",
    "chat.stats.",
    "chat.reports.",
    "chat.audit.",
    "chat.report.alert.",
    "chat.trial.",
)
MEMBER_TEXTS = {key: text for key, text in words_for().texts.items() if not key.startswith(FOR_STAFF)}

NAMES = {"adult_role", "device", "holder", "member", "minor_role", "partner", "readers", "role", "server"}
WISHES = {"asked", "example", "length", "lengths", "other", "possible", "subject", "wishes"}
QUOTED = {"question", "rule", "why", "last", "most"}
TIMES = {"empty", "from", "link_minutes", "longest", "seconds", "shortest", "since", "time", "to", "until"}
FILLED_IN = NAMES | WISHES | QUOTED | TIMES
"""What texts for members are filled with anywhere: nothing of it counts what somebody has done, or compares."""
COUNTS = {
    "chat.no.links.": {"count", "minutes"},
    "chat.privacy.": {"count", "names"},
    "chat.report.": {"number"},
    "chat.unmatched.text": {"minutes"},
    "chat.waiting.": {"minutes"},
    "page.over.title_done": {"minutes"},
    "page.problem.tried": {"times"},
    "page.report.": {"count", "number"},
    "page.room.minutes_left": {"minutes"},
    "page.room.time_is_up": {"minutes"},
}
"""Where something is counted, and what: of a search or a session, of a report, or because the member asked for it."""

OCCASIONS = {
    "asked for": {MessageKind.CARD, MessageKind.NEW_LINK, MessageKind.GATE_OPEN},
    "own search": {MessageKind.UNMATCHED, MessageKind.PAUSED},
    "own match": {
        MessageKind.INVITATION,
        MessageKind.REMINDER,
        MessageKind.PARTNER_DECLINED,
        MessageKind.NO_SHOW,
        MessageKind.MATCH_OVER,
        MessageKind.CHECK_IN,
    },
    "report": {
        MessageKind.REPORT_RECEIVED,
        MessageKind.REPORT_LATE,
        MessageKind.REPORT_DECIDED,
        MessageKind.REPORT_QUESTION,
        MessageKind.APPEAL_DECIDED,
        MessageKind.SANCTION,
    },
    "staff": {MessageKind.TRIAL, MessageKind.STAFF_ALERT, MessageKind.READER_ALERT, MessageKind.OPERATOR_ALERT},
}
"""Why a message comes that nobody has pressed a button for. None comes because a member has done nothing."""

DEVICE_TROUBLE = "page.trouble."
"""Told to whoever has turned the camera on, when it does not work."""

PRESSING: Mapping[str, str] = {
    "streak": r"\bstreak|\bin a row\b|\b(?:days?|weeks?) running\b|\b(?:every|each) (?:day|week)\b|\bdaily\b"
    r"|\bkeep (?:it|this) (?:up|going)\b|\b\d+ (?:days|sessions|partners)\b",
    "ranking": r"\bleader ?board|\brank|\btop \w|\bpoints?\b|\bbadge|\btroph|\bscore|\bwell done\b|\baward"
    r"|\bmore (?:often )?than (?:others|most|you)\b|\bpersonal best\b",
    "others": r"\b(?:others|members|students|people|friends|everyone) (?:are|have|is|has)\b.*\b(?:stud|wait|join)"
    r"|\blike everyone\b|\beveryone else\b",
    "nudge": r"\bmiss(?:ed|ing)? (?:you|out)\b|\bcome back (?:soon|today|tomorrow|now)\b|\bit's been a\b"
    r"|\byou haven't (?:studied|been|met|come)\b|\btime to study\b|\bwhy not\b|\bdon't (?:forget|miss|give up|stop)\b",
    "urgency": r"\bhurry\b|\blast chance\b|\bonly (?:\S+ ){1,2}(?:left|more)\b|\bbefore it's too late\b"
    r"|\bwhile you still can\b|\byou(?:'ll| will) lose\b|\bquick\b|\bstill time\b",
    "guilt": r"\b(?:let|letting) (?:\S+ ){1,3}down\b|\b(?:waiting|counting) (?:for|on) you\b|\bdisappoint"
    r"|\bsorry to see\b|\bare you sure\b|\bwaited for you\b|\bplease (?:stay|don't leave)\b",
    "camera": r"\b(?:cameras?|face|picture)\b.*\b(?:please|should|must|better|polite|expects?|wants you|hopes?)\b"
    r"|\b(?:please|should|must|better|polite|expects?|wants you|hopes?)\b.*\b(?:cameras?|face|picture)\b"
    r"|\bshow (?:yourself|your face)\b|\bturn (?:it|your camera|the camera) on (?:so|to|and)\b"
    r"|\b(?:can't|doesn't) see you\b",
}


def pressure_in(key: str, text: str) -> set[str]:
    """What is pressing about a text for members: kinds of PRESSING, and what it counts."""
    counted = {name for prefix, names in COUNTS.items() if key.startswith(prefix) for name in names}
    filled = set(re.findall(r"\{(\w+)\}", text))
    kinds = {kind for kind, pattern in PRESSING.items() if re.search(pattern, text, re.IGNORECASE)}
    if key.startswith(DEVICE_TROUBLE):
        kinds.discard("camera")
    return kinds | (filled - FILLED_IN - counted)


def test_nothing_presses() -> None:
    """Neither words nor numbers. A text that is told here says what is so, and what can be done."""
    assert {key: found for key, text in MEMBER_TEXTS.items() if (found := pressure_in(key, text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "You've studied five days in a row.",
        "You've had {sessions} sessions this week.",
        "That was session {number} for you.",
        "Your streak ends tonight.",
        "You're number {position} in {server}.",
        "Only Alice has more points than you.",
        "{others} members are studying right now.",
        "Other students are waiting to meet you.",
        "You haven't studied this week.",
        "It's been a while. Time to study?",
        "Don't forget to study today.",
        "Only ten minutes left to find someone.",
        "Your partner is counting on you.",
        "Don't let your partner down.",
        "Are you sure you want to leave?",
        "Your partner can't see you.",
        "Turn your camera on so that they see you.",
        "It's more polite with the camera on.",
        "Most people like everyone to be seen.",
        "You met {count} partners this month.",
    ],
)
def test_what_would_press_is_found(text: str) -> None:
    """Texts as other services send them, under a new key."""
    assert pressure_in("chat.new.text", text)


def test_no_message_comes_because_nothing_was_done() -> None:
    """Each kind of message has its occasion; a new one needs one as well."""
    listed = [kind for kinds in OCCASIONS.values() for kind in kinds]
    assert sorted(listed) == sorted(MessageKind)


def test_no_rule_is_about_the_camera() -> None:
    """So nothing can follow from it."""
    rules = {key: text for key, text in MEMBER_TEXTS.items() if key.startswith("chat.first_rules")}
    assert rules
    assert not any(re.search(r"camera|video|picture", text, re.IGNORECASE) for text in rules.values())


def test_texts_on_the_camera_leave_it_open() -> None:
    """Wherever a text speaks of both, it says that either is fine; the switches name what they do, and no more."""
    on_cards = [text for text in MEMBER_TEXTS.values() if "camera on" in text.lower() and text.endswith(".")]
    assert on_cards
    assert all("Camera on or off, as you like." in text for text in on_cards)
