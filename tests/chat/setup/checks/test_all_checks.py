"""M1 to M27: a healthy server has no problem, and each broken one has its own, with a sentence that mends it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.setup.checks.all_checks import find_problems
from bot.chat.setup.checks.facts import CheckFacts, OperatorFacts, StaffPosts
from bot.chat.setup.checks.operation import MIN_LINKS, MIN_SEARCHES
from bot.chat.setup.checks.problem import problem_text
from bot.chat.setup.checks.snapshot import MemberSnapshot, Overwrite
from bot.domain.gate import Gate
from bot.domain.server import Audience
from bot.store.setup_figures import SetupFigures
from bot.words import catalogue_languages, words_for
from tests.chat.setup.checks.broken_servers import (
    ADULT,
    CLOSED,
    EVERYBODY,
    GUILD,
    HEALTHY,
    ME,
    MEMBERS,
    MINOR,
    OWN,
    OWN_PERMISSIONS,
    READER,
    STAFF,
    STUDY,
    permission,
    with_channel,
    with_guild,
    with_members,
    with_role,
    with_server,
    without_channel,
    without_role,
)

UNTIL = datetime(2026, 5, 1, 14, tzinfo=UTC)


def denied(*names: str, target: int = GUILD) -> tuple[Overwrite, ...]:
    """An overwrite that denies permissions."""
    return (Overwrite(target_id=target, deny=permission(*names)),)


def figures(**values: object) -> CheckFacts:
    """The healthy server after some days."""
    return replace(HEALTHY, figures=SetupFigures(**values))  # type: ignore[arg-type]  # fields by name


def operator(**values: object) -> CheckFacts:
    """The healthy server of an operator with something to do."""
    return replace(HEALTHY, operator=OperatorFacts(**values))  # type: ignore[arg-type]  # fields by name


def staff_denied(name: str) -> CheckFacts:
    """The staff channel without one permission of ours."""
    own = Overwrite(target_id=ME, allow=permission("view_channel"), deny=permission(name))
    return with_channel(STAFF, overwrites=(*CLOSED[:2], own))


def nobody_may(name: str) -> CheckFacts:
    """A server in which no role gives a permission; in the staff channel the bot has it all the same."""
    lacking = {
        GUILD: replace(HEALTHY.guild.roles[GUILD], permissions=EVERYBODY.value & ~permission(name)),
        OWN: replace(HEALTHY.guild.roles[OWN], permissions=OWN_PERMISSIONS.value & ~permission(name)),
    }
    return with_guild(roles={**HEALTHY.guild.roles, **lacking})


BROKEN: list[tuple[str, CheckFacts, str, bool, str]] = [
    ("M1", with_channel(STUDY, overwrites=denied("view_channel", target=OWN)), "view_channel", True, f"<@&{OWN}>"),
    ("M1", with_channel(STAFF, overwrites=CLOSED[:2]), "view_channel", False, "@everyone"),
    ("M1", with_channel(STUDY, is_hidden=True, overwrites=denied("view_channel")), "view_channel", True, "can't tell"),
    ("M2", with_channel(STUDY, overwrites=denied("send_messages")), "send_messages", True, "@everyone denies"),
    ("M2", nobody_may("send_messages"), "send_messages", True, "None of my roles allows it"),
    ("M3", staff_denied("embed_links"), "embed_links", False, f"<@{ME}>"),
    ("M3", staff_denied("attach_files"), "attach_files", False, "Attach Files"),
    ("M4", with_channel(STUDY, overwrites=denied("read_message_history")), "read_message_history", True, "Add me"),
    ("M5", with_channel(STUDY, is_text=False), "type", True, f"<#{STUDY}>"),
    ("M5", with_channel(STAFF, is_text=False), "type", False, f"<#{STAFF}>"),
    ("M6", without_channel(STUDY), "gone", True, "Choose another"),
    ("M6", without_channel(STAFF), "staff_gone", False, "Choose another"),
    ("M6", without_role(MEMBERS), "role_gone", True, "Choose another"),
    ("M7", replace(HEALTHY, panel_is_gone=True), "panel_gone", False, "Post it again"),
    ("M8", with_channel(STUDY, overwrites=denied("view_channel", target=MINOR)), "members_see", False, f"<@&{MINOR}>"),
    (
        "M9",
        with_channel(STUDY, overwrites=denied("use_application_commands", target=MEMBERS)),
        "members_commands",
        False,
        "Use Application Commands",
    ),
    ("M10", replace(HEALTHY, commands_are_off=True), "commands_off", False, "Integrations"),
    ("M12", with_channel(STAFF, overwrites=()), "staff_public", True, "@everyone"),
    (
        "M12",
        with_channel(STAFF, overwrites=(*CLOSED, Overwrite(target_id=MEMBERS, allow=permission("view_channel")))),
        "staff_public",
        True,
        f"<@&{MEMBERS}>",
    ),
    ("M12", with_server(staff_channel_id=STUDY), "staff_same", True, f"<#{STUDY}>"),
    (
        "M13",
        replace(HEALTHY, staff_posts=StaffPosts(refused_since=UNTIL, waiting_reports=3)),
        "staff_refused",
        False,
        "Reports waiting: 3",
    ),
    ("M14", replace(HEALTHY, role_members=with_members(reader=0)), "reader_nobody", True, f"<@&{READER}>"),
    ("M14", without_role(READER), "reader_gone", True, "Choose another"),
    ("M14", with_server(reader_role_id=None), "reader_missing", True, "Choose a role"),
    ("M15", replace(HEALTHY, role_members=with_members(reader=1)), "reader_one", False, "second reader"),
    (
        "M15",
        replace(HEALTHY, role_members={}, counts_are_refused=True, figures=SetupFigures(known_readers=1)),
        "reader_uncounted",
        False,
        "I know of 1. Give it to two people",
    ),
    ("M16", operator(has_contact=False), "no_contact", False, "ops.safety_contact"),
    ("M17", with_server(adult_role_id=None), "age_roles_missing", True, "Choose both"),
    ("M17", with_server(adult_role_id=MINOR), "age_roles_equal", True, "two different"),
    ("M17", without_role(ADULT), "age_role_gone", True, "Choose another"),
    ("M17", with_role(MINOR, is_self_picked=True), "age_role_picked", False, f"<@&{MINOR}>"),
    ("M17", replace(HEALTHY, role_members=with_members(adult=0)), "age_role_nobody", False, f"<@&{ADULT}>"),
    ("M18", figures(without_age_role=9), "no_age_role", False, "9"),
    ("M19", with_channel(STUDY, is_age_restricted=True), "age_restricted", True, f"<#{STUDY}>"),
    ("M20", with_server(gate=Gate.STRICT, role_id=None), "gate_needs_role", True, "Choose one"),
    ("M20", figures(lonely_searches={f"{GUILD}:minor": MIN_SEARCHES}), "thin.minor", False, "under-18s"),
    ("M20", figures(lonely_searches={f"{GUILD}:adult": MIN_SEARCHES}), "thin.adult", False, "adults"),
    ("M20", figures(lonely_searches={f"{GUILD}": MIN_SEARCHES}), "thin.all", False, "study hour"),
    (
        "M21",
        with_role(OWN, permissions=OWN_PERMISSIONS.value & ~permission("view_audit_log")),
        "bans_unheard",
        False,
        "10",
    ),
    ("M22", with_role(OWN, permissions=permission("administrator")), "administrator", False, "Take it away"),
    ("M23", figures(links=MIN_LINKS, links_not_direct=4), "direct_messages", False, "4 of 10"),
    (
        "M24",
        with_guild(me=MemberSnapshot(member_id=ME, role_ids=frozenset({OWN}), timed_out_until=UNTIL)),
        "timed_out",
        True,
        f"<t:{int(UNTIL.timestamp())}:f>",
    ),
    ("M24", operator(commands_are_old=True), "commands_old", False, "heybuddy check"),
    ("M25", operator(video_is_down=True), "video", False, "heybuddy check"),
    ("M26", operator(refused_link="study.example.org"), "link_refused", False, "study.example.org"),
    ("M27", with_server(minors_allowed=False), "minors_not_allowed", True, "privacy.allow_minors_without_login"),
    ("gate", with_server(gate=None), "gate_unsaid", False, "newcomers"),
]


def test_a_healthy_server_has_no_problem() -> None:
    """Neither where some are under 18 nor where all are adults."""
    assert find_problems(HEALTHY) == []
    adults = with_server(audience=Audience.ADULTS, minor_role_id=None, adult_role_id=None, reader_role_id=None)
    assert find_problems(adults) == []


@pytest.mark.parametrize(("number", "facts", "code", "stops", "says"), BROKEN)
def test_each_broken_server_has_its_own_problem_and_no_other(
    number: str, facts: CheckFacts, code: str, says: str, *, stops: bool
) -> None:
    """Its sentence names what decides, and what to do."""
    found = find_problems(facts)
    assert [(problem.code, problem.stops) for problem in found] == [(code, stops)], number
    for language in catalogue_languages():
        text = problem_text(words_for(language), found[0])
        assert says in text or language != "en"
        assert "{" not in text


def test_every_problem_of_the_catalogue_is_found() -> None:
    """No number is left out but M11, which nobody can see."""
    numbers = {int(number[1:]) for number, *_ in BROKEN if number != "gate"}
    assert numbers == set(range(1, 28)) - {11}
    special = {"cause", "allow", "permission", "operator_mends"}
    codes = {key.removeprefix("chat.check.") for key in words_for().texts if key.startswith("chat.check.")}
    told = {code for code in codes if code.partition(".")[0] not in special}
    assert told == {code for _, _, code, *_ in BROKEN}


def test_the_role_that_reads_reports_may_read_the_channel_though_it_is_required() -> None:
    """Staff may be the only ones who are matched; the channel is theirs."""
    assert find_problems(with_server(role_id=READER)) == []


def test_what_stops_pairing_is_told_first() -> None:
    """Also where it is found later."""
    facts = replace(without_channel(STUDY), role_members=with_members(reader=1))
    assert [problem.stops for problem in find_problems(facts)] == [True, False]


@pytest.mark.parametrize(
    "facts",
    [
        figures(links=MIN_LINKS - 1, links_not_direct=MIN_LINKS - 1),
        figures(links=MIN_LINKS, links_not_direct=3),
        figures(lonely_searches={f"{GUILD}": MIN_SEARCHES - 1}),
        operator(has_contact=None),
        replace(with_server(audience=Audience.ADULTS), figures=SetupFigures(without_age_role=9)),
        replace(HEALTHY, role_members={}),
    ],
)
def test_too_few_and_unknown_figures_say_nothing(facts: CheckFacts) -> None:
    """Nobody is bothered with what may be chance, or with what could not be asked."""
    assert find_problems(facts) == []


def test_a_timed_out_bot_is_told_of_nothing_else_in_channels() -> None:
    """No permission helps while it lasts."""
    me = MemberSnapshot(member_id=ME, role_ids=frozenset({OWN}), timed_out_until=UNTIL)
    facts = replace(with_channel(STUDY, overwrites=denied("send_messages", target=OWN)))
    facts = replace(facts, guild=replace(facts.guild, me=me))
    assert [problem.code for problem in find_problems(facts)] == ["timed_out"]


@pytest.mark.parametrize(
    ("changes", "cause", "who"),
    [
        ({"overwrites": denied("send_messages", target=OWN)}, "channel", f"<@&{OWN}>"),
        ({"overwrites": denied("send_messages", target=OWN), "is_synced": True, "category": "Campus"}, "category", ""),
        ({"overwrites": (*denied("send_messages"), *denied("send_messages", target=ME))}, "channel", f"<@{ME}>"),
        ({"overwrites": (*denied("send_messages", target=OWN), *denied("send_messages"))}, "channel", f"<@&{OWN}>"),
    ],
)
def test_the_overwrite_that_decides_is_named(changes: dict[str, object], cause: str, who: str) -> None:
    """It is the last one in Discord's order that denies."""
    problem = next(each for each in find_problems(with_channel(STUDY, **changes)) if each.code == "send_messages")
    assert problem.cause == cause
    assert who in problem.values["who"]


def test_allowing_it_for_the_bot_in_the_channel_mends_every_refusal() -> None:
    """Whoever denied it: the one click that the sentence names."""
    for name in ("view_channel", "send_messages", "read_message_history"):
        for target in (GUILD, OWN):
            mended = (*denied(name, target=target), Overwrite(target_id=ME, allow=permission(name)))
            assert [each for each in find_problems(with_channel(STUDY, overwrites=mended)) if each.stops] == []
