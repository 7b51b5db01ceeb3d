"""The features of the chat part: what answers members in Discord, and the cards that messages to them show."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.commands.groups import RootCommand, all_groups
from bot.chat.meeting.actions import MeetingActions
from bot.chat.meeting.handlers import MeetingHandlers
from bot.chat.meeting.links import InvitationLinks
from bot.chat.membership_lookup import MembershipLookup
from bot.chat.message_cards import MessageCards
from bot.chat.moderation.handlers import moderation_of
from bot.chat.privacy.actions import PrivacyActions
from bot.chat.privacy.handlers import PrivacyHandlers
from bot.chat.report_cards import ReportCards
from bot.chat.safety.actions import BlockActions
from bot.chat.safety.handlers import SafetyHandlers
from bot.chat.safety.report_actions import ReportActions
from bot.chat.safety.report_handlers import ReportHandlers
from bot.chat.search.actions import SearchActions
from bot.chat.search.autocomplete import SearchAutocomplete
from bot.chat.search.gate_reminder import GateReminderHandlers
from bot.chat.search.handlers import SearchHandlers
from bot.chat.search.member_wishes import MemberWishes
from bot.chat.search.opening import SearchOpening
from bot.chat.search.pace import SearchPace
from bot.chat.search.rules import SearchRules
from bot.chat.search.rules_actions import RulesActions
from bot.chat.search.rules_handlers import RulesHandlers
from bot.chat.search.servers import SearchServers
from bot.chat.search.status import SearchStatus
from bot.chat.search.wait_estimator import WaitEstimator
from bot.chat.setup.actions import SetupActions
from bot.chat.setup.handlers import SetupHandlers
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.last_step import LastStep
from bot.chat.setup.rechecks import Rechecks
from bot.chat.setup.staff_channel import StaffChannel
from bot.chat.setup.trial import TrialActions
from bot.chat.setup.trial_cards import TrialCards
from bot.chat.statistics.handlers import StatisticsHandlers
from bot.chat.statistics.picture_drawing import PictureDrawing
from bot.chat.ui.components import Handlers
from bot.chat.ui.replies import Replies
from bot.clock import Clock
from bot.domain.message import MessageKind
from bot.matching.fit import Weights
from bot.store import Store
from bot.words import language_names, words_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """What the client passes interactions to, the cards of messages, and what checks servers again.

    `groups` are the commands; `components` and `forms` are found by their custom id.
    """

    groups: Sequence[RootCommand]
    components: Handlers
    forms: Handlers
    cards: MessageCards
    rechecks: Rechecks


def build_features(
    store: Store,
    clock: Clock,
    replies: Replies,
    *,
    links: InvitationLinks,
    public_url: str,
    safety_contact: int | None,
    weights: Weights,
    wait_minutes: int,
) -> Features:
    """Build every feature. The values are those of the chat part."""
    meetings = _meeting_actions(store, clock, links)
    meeting = MeetingHandlers(meetings, replies)
    searching = _searching(store, clock, meetings, replies, weights=weights, wait_minutes=wait_minutes)
    safety = _safety(store, clock, replies)
    moderation = moderation_of(store, clock, replies, safety_contact=safety_contact)
    has_contact = safety_contact is not None
    setup, rechecks, trial_cards = _setup(store, clock, replies, links, public_url, has_contact=has_contact)
    others = {MessageKind.TRIAL: trial_cards.progress_card, **ReportCards(store.servers, store.matches).drawers()}
    statistics = StatisticsHandlers(store.statistics, store.report_desk, replies, PictureDrawing())
    privacy = PrivacyHandlers(PrivacyActions(store.personal_data, clock), replies)
    return Features(
        groups=all_groups(
            search=searching.handlers,
            autocomplete=searching.autocomplete,
            meeting=meeting,
            safety=safety,
            moderation=moderation,
            setup=setup,
            statistics=statistics,
            privacy=privacy,
        ),
        components={
            **searching.components(),
            **meeting.components(),
            **safety.reports.components(),
            **moderation.components(),
            **setup.components(),
            **statistics.components(),
            **privacy.components(),
        },
        forms={**searching.handlers.forms(), **safety.reports.forms(), **moderation.forms(), **setup.forms()},
        cards=MessageCards(meetings, searching.status, words_for, others),
        rechecks=rechecks,
    )


def _safety(store: Store, clock: Clock, replies: Replies) -> SafetyHandlers:
    actions = ReportActions(
        reports=store.reports, appeals=store.appeals, matches=store.matches, servers=store.servers, clock=clock
    )
    blocks = BlockActions(blocks=store.blocks, matches=store.matches, clock=clock)
    return SafetyHandlers(blocks, replies, ReportHandlers(actions, replies))


def _meeting_actions(store: Store, clock: Clock, links: InvitationLinks) -> MeetingActions:
    return MeetingActions(
        matches=store.matches,
        invitations=store.invitations,
        browser_sessions=store.browser_sessions,
        links=links,
        clock=clock,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Searching:
    """What answers for searches."""

    status: SearchStatus
    handlers: SearchHandlers
    rules: RulesHandlers
    gate: GateReminderHandlers
    autocomplete: SearchAutocomplete

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {**self.handlers.components(), **self.rules.components(), **self.gate.components()}


def _searching(
    store: Store,
    clock: Clock,
    meetings: MeetingActions,
    replies: Replies,
    *,
    weights: Weights,
    wait_minutes: int,
) -> _Searching:
    lookup = MembershipLookup(store.memberships, clock)
    pace = SearchPace(
        lookup=lookup,
        matches=store.matches,
        last_meetings=store.last_meetings,
        personal_data=store.personal_data,
        clock=clock,
    )
    tickets, servers = store.tickets, SearchServers(store.servers, store.restrictions, lookup, pace)
    rules = SearchRules(servers=servers, consents=store.rules_consents, postponed=store.postponed_searches, clock=clock)
    status = SearchStatus(
        servers=servers,
        tickets=tickets,
        outbox=store.outbox,
        meetings=meetings,
        rules=rules,
        wait_estimator=WaitEstimator(tickets, weights, clock),
        clock=clock,
    )
    wishes = MemberWishes(servers=servers, members=store.members, tickets=tickets, language_names=language_names())
    opening = SearchOpening(
        servers=servers, tickets=tickets, rules=rules, status=status, clock=clock, wait_minutes=wait_minutes
    )
    actions = SearchActions(
        tickets=tickets, meetings=meetings, status=status, wishes=wishes, opening=opening, clock=clock
    )
    handlers = SearchHandlers(actions, wishes, status, replies)
    answers = RulesActions(rules=rules, searches=actions, opening=opening, status=status)
    return _Searching(
        status=status,
        handlers=handlers,
        rules=RulesHandlers(answers, handlers),
        gate=GateReminderHandlers(servers, pace, store.gate_reminders, handlers),
        autocomplete=SearchAutocomplete(wishes, replies),
    )


def _setup(
    store: Store, clock: Clock, replies: Replies, links: InvitationLinks, public_url: str, *, has_contact: bool
) -> tuple[SetupHandlers, Rechecks, TrialCards]:
    staff = StaffChannel(clock)
    inspection = Inspection(store=store, clock=clock, staff=staff, public_url=public_url, has_contact=has_contact)
    rechecks = Rechecks(servers=store.servers, inspection=inspection, staff=staff, clock=clock)
    actions, trials = _setup_actions(store, clock), TrialActions(trials=store.trials, links=links, clock=clock)
    last_step = LastStep(actions, trials, staff, replies)
    cards = TrialCards(
        trials=store.trials,
        clock=clock,
        address=public_url.partition("://")[2],
        is_video_down=inspection.is_video_down,
    )
    return SetupHandlers(actions, inspection, last_step, replies, rechecks.note_shown), rechecks, cards


def _setup_actions(store: Store, clock: Clock) -> SetupActions:
    return SetupActions(
        servers=store.servers,
        drafts=store.setup_drafts,
        tickets=store.tickets,
        clock=clock,
        first_subjects=words_for()("chat.setup.first_subjects").split(", "),
        language_names=language_names(),
    )
