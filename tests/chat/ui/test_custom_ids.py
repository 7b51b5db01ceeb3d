"""Custom ids: formatted and parsed by one template, and never changed once released."""

from typing import Any

import pytest

from bot.chat.meeting import custom_ids as meeting
from bot.chat.moderation import custom_ids as moderation
from bot.chat.safety import custom_ids as safety
from bot.chat.search import custom_ids as search
from bot.chat.setup import custom_ids as setup
from bot.chat.ui.custom_ids import CustomId, custom_id
from bot.chat.ui.notices import FIND_PARTNER, SHOW_STATUS

ID = 2**64 - 1
VERSION = 999_999
SEAT = "x" * 22

RELEASED: list[tuple[CustomId, dict[str, Any], str]] = [
    (search.CHANGE, {"server": ID}, f"hb:change:{ID}"),
    (search.WISHES_FORM, {"server": ID}, f"hb:wishes:{ID}"),
    (search.STOP, {}, "hb:stop"),
    (SHOW_STATUS, {}, "hb:status"),
    (search.WAIT_AGAIN, {"how": "any", "server": ID}, f"hb:again:any:{ID}"),
    (search.WAIT_AGAIN, {"how": "same", "server": ID}, f"hb:again:same:{ID}"),
    (search.MOVE_HERE, {"server": ID}, f"hb:move:{ID}"),
    (search.AGREE, {"server": ID, "version": "999999.1"}, f"hb:agree:{ID}:999999.1"),
    (search.REMIND_ME, {"server": ID}, f"hb:remind:{ID}"),
    (search.NOT_NOW, {"server": ID}, f"hb:later:{ID}"),
    (search.SHOW_NEWS, {"member": ID}, f"hb:show:{ID}"),
    (FIND_PARTNER, {"server": ID}, f"hb:find:{ID}"),
    (meeting.DECLINE, {"seat": SEAT}, f"hb:decline:{SEAT}"),
    (meeting.UNDO, {"seat": SEAT}, f"hb:undo:{SEAT}"),
    (meeting.NEW_LINK, {}, "hb:link"),
    (setup.VIDEO, {"video": "hidden", "server": ID, "version": VERSION}, f"hb:setup:video:hidden:{ID}:999999"),
    (setup.AUDIENCE, {"audience": "adults", "server": ID, "version": VERSION}, f"hb:setup:audience:adults:{ID}:999999"),
    (setup.AUDIENCE, {"audience": "mixed", "server": ID, "version": VERSION}, f"hb:setup:audience:mixed:{ID}:999999"),
    (setup.AUDIENCE, {"audience": "unsure", "server": ID, "version": VERSION}, f"hb:setup:audience:unsure:{ID}:999999"),
    (setup.CHANNEL, {"server": ID, "version": VERSION}, f"hb:setup:channel:{ID}:999999"),
    (setup.ROLE, {"server": ID, "version": VERSION}, f"hb:setup:role:{ID}:999999"),
    (setup.TOPICS, {"server": ID, "version": VERSION}, f"hb:setup:topics:{ID}:999999"),
    (setup.SEND_TEST_LINKS, {"server": ID, "version": VERSION}, f"hb:setup:try:{ID}:999999"),
    (setup.CORRECT_TOPICS, {"server": ID, "version": VERSION}, f"hb:setup:correct:{ID}:999999"),
    (setup.DISCARD_DRAFT, {"server": ID, "version": VERSION}, f"hb:setup:discard:{ID}:999999"),
    (setup.FORMER_TOPICS_FORM, {"server": ID, "version": VERSION}, f"hb:setup:form:{ID}:999999"),
    (setup.TOPICS_FORM, {"server": ID, "shown": "0123456789abcdef"}, f"hb:setup:typed:{ID}:0123456789abcdef"),
    (setup.PUBLISH_PANEL, {"server": ID, "version": VERSION}, f"hb:setup:post:{ID}:999999"),
    (setup.PAUSE, {"pause": "pause", "server": ID, "version": VERSION}, f"hb:setup:pause:{ID}:999999"),
    (setup.PAUSE, {"pause": "resume", "server": ID, "version": VERSION}, f"hb:setup:resume:{ID}:999999"),
    (setup.SHOW_STEP, {"step": 2, "server": ID, "version": VERSION}, f"hb:setup:show:2:{ID}:999999"),
    (setup.STAFF_CHANNEL, {"server": ID, "version": VERSION}, f"hb:setup:staff:{ID}:999999"),
    (setup.MINOR_ROLE, {"server": ID, "version": VERSION}, f"hb:setup:minor:{ID}:999999"),
    (setup.ADULT_ROLE, {"server": ID, "version": VERSION}, f"hb:setup:adult:{ID}:999999"),
    (setup.READER_ROLE, {"server": ID, "version": VERSION}, f"hb:setup:reader:{ID}:999999"),
    (setup.GATE, {"server": ID, "version": VERSION}, f"hb:setup:gate:{ID}:999999"),
    (setup.PANEL_TEXT, {"server": ID, "version": VERSION}, f"hb:setup:text:{ID}:999999"),
    (setup.RULES, {"server": ID, "version": VERSION}, f"hb:setup:rules:{ID}:999999"),
    (setup.FINISH, {"server": ID, "version": VERSION}, f"hb:setup:done:{ID}:999999"),
    (setup.TEXT_FORM, {"server": ID, "shown": "0123456789abcdef"}, f"hb:setup:said:{ID}:0123456789abcdef"),
    (setup.RULES_FORM, {"server": ID, "shown": "0123456789abcdef"}, f"hb:setup:ruled:{ID}:0123456789abcdef"),
    (setup.START, {"server": ID}, f"hb:setup:start:{ID}"),
    (setup.CHECK_AGAIN, {"server": ID, "version": VERSION}, f"hb:setup:check:{ID}:999999"),
    (safety.FINE, {"seat": SEAT}, f"hb:fine:{SEAT}"),
    (safety.WRONG, {"seat": SEAT}, f"hb:wrong:{SEAT}"),
    (safety.SAY_MORE, {"report": SEAT}, f"hb:more:{SEAT}"),
    (safety.GET_HELP, {}, "hb:help"),
    (safety.SECOND_LOOK, {"report": SEAT}, f"hb:second:{SEAT}"),
    (safety.REPORT_FORM, {"place": "message", "seat": SEAT}, f"hb:report:message:{SEAT}"),
    (safety.SECOND_LOOK_FORM, {"report": SEAT}, f"hb:look:{SEAT}"),
    (moderation.OPEN_REPORTS, {"server": ID}, f"hb:reports:{ID}"),
    (moderation.SHOW_PAGE, {"server": ID, "page": 2}, f"hb:rep:page:{ID}:2"),
    (moderation.OPEN_REPORT, {"server": ID, "report": SEAT}, f"hb:rep:open:{ID}:{SEAT}"),
    (
        moderation.OPEN_APPEAL,
        {"side": "reporter", "server": ID, "report": SEAT},
        f"hb:rep:second:reporter:{ID}:{SEAT}",
    ),
    (moderation.ALL_WORDS, {"server": ID, "report": SEAT}, f"hb:rep:words:{ID}:{SEAT}"),
    (moderation.RELEASE, {"server": ID, "report": SEAT}, f"hb:rep:back:{ID}:{SEAT}"),
    (moderation.RECUSE, {"server": ID, "report": SEAT}, f"hb:rep:know:{ID}:{SEAT}"),
    (moderation.DECIDE, {"decision": "out", "server": ID, "report": SEAT}, f"hb:rep:decide:out:{ID}:{SEAT}"),
    (moderation.DECIDE_FORM, {"decision": "out", "server": ID, "report": SEAT}, f"hb:rep:decided:out:{ID}:{SEAT}"),
    (moderation.DO_STEP, {"step": "end_hold", "server": ID, "report": SEAT}, f"hb:rep:do:end_hold:{ID}:{SEAT}"),
    (moderation.STEP_FORM, {"step": "end_hold", "server": ID, "report": SEAT}, f"hb:rep:did:end_hold:{ID}:{SEAT}"),
    (
        moderation.DECIDE_APPEAL,
        {"side": "reported", "outcome": "lifted", "server": ID, "report": SEAT},
        f"hb:rep:appeal:reported:lifted:{ID}:{SEAT}",
    ),
    (
        moderation.APPEAL_FORM,
        {"side": "reported", "outcome": "lifted", "server": ID, "report": SEAT},
        f"hb:rep:looked:reported:lifted:{ID}:{SEAT}",
    ),
    (moderation.SHOW_AUDIT, {"server": ID, "page": 2}, f"hb:audit:{ID}:2"),
]
ALL = {kind for kind, _, _ in RELEASED}


@pytest.mark.parametrize(("kind", "values", "text"), RELEASED)
def test_a_released_id_keeps_its_text(kind: CustomId, values: dict[str, Any], text: str) -> None:
    """Messages sent earlier still work, and no other kind of id matches theirs."""
    assert kind.format(**values) == text
    assert [other for other in ALL if other.pattern.fullmatch(text)] == [kind]


@pytest.mark.parametrize(("kind", "values", "text"), RELEASED)
def test_an_id_is_parsed_as_it_was_formatted(kind: CustomId, values: dict[str, Any], text: str) -> None:
    """The pattern returns every field."""
    match = kind.pattern.fullmatch(text)
    assert match is not None
    assert match.groupdict() == {name: str(value) for name, value in values.items()}


def test_every_custom_id_is_in_the_table() -> None:
    """A new kind is added above, so that its text is fixed from its first release on."""
    declared = [value for module in (meeting, moderation, safety, search, setup) for value in vars(module).values()]
    assert {kind for kind in declared if isinstance(kind, CustomId)} | {FIND_PARTNER, SHOW_STATUS} == ALL


@pytest.mark.parametrize("values", [{"word": "c"}, {"word": "a:b"}, {"word": ""}])
def test_a_value_that_cannot_be_parsed_is_refused(values: dict[str, Any]) -> None:
    """Only values that match the field's pattern can be formatted."""
    with pytest.raises(ValueError, match="Not a custom id"):
        custom_id("hb:{word}", word="a|b").format(**values)


def test_an_id_that_is_too_long_is_refused() -> None:
    """Discord takes at most 100 characters."""
    kind = custom_id("hb:{word}", word="x+")
    assert len(kind.format(word="x" * 97)) == 100
    with pytest.raises(ValueError, match="Not a custom id"):
        kind.format(word="x" * 98)


def test_a_template_is_taken_literally() -> None:
    """A dot in a template matches a dot only."""
    assert custom_id("hb.{n}").pattern.fullmatch("hbx1") is None
