"""An admin who tries the way into a room goes through the real one, and reads that it is a test."""

from datetime import timedelta

import pytest

from bot.domain.match import ANOTHER_AFTER
from bot.domain.membership import Bar, Barred
from bot.domain.trial import TRIAL_LASTS
from bot.metrics import Metrics
from bot.words import words_for
from tests.metric_samples import counted
from tests.store.scenario import SERVER, Scenario, TrialMeeting
from tests.web.browsers import OTHER_ATTEMPT, Browser, Browsers
from web.session_cookies import COOKIE_NAME, SECOND_COOKIE_NAME
from web.session_view import iso_timestamp

WORDS = words_for()
DEVICES = tuple(WORDS("chat.trial.device", number=number) for number in (1, 2))


@pytest.fixture
async def trial(scenario: Scenario) -> TrialMeeting:
    """A trial of member 1."""
    return await scenario.trial(1)


@pytest.fixture
async def devices(browsers: Browsers, trial: TrialMeeting) -> tuple[Browser, Browser]:
    """Both links are redeemed, each in a browser of its own."""
    both = (browsers.open(), browsers.open())
    for browser, token in zip(both, trial.tokens, strict=True):
        assert (await browser.redeem(token)).status == 201
    return both


async def test_the_view_says_that_it_is_a_test(devices: tuple[Browser, Browser], scenario: Scenario) -> None:
    """With the names of devices, no reminder, nobody else to look for, no undo, and an end that is fixed."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.seconds)
    for number, browser in enumerate(devices):
        view = (await browser.get()).json
        assert view["trial"] is True
        assert (view["me"]["name"], view["partner"]["name"]) == (DEVICES[number], DEVICES[1 - number])
        assert view["why"] == WORDS("why.trial")
        times = view["times"]
        assert [times[name] for name in ("reminder_due_at", "another_at", "undo_until")] == [None] * 3
        assert times["closes_at"] == iso_timestamp(
            scenario.clock.now() - timedelta(seconds=ANOTHER_AFTER.seconds) + TRIAL_LASTS
        )


async def test_both_enter_the_room_and_meet(
    devices: tuple[Browser, Browser], scenario: Scenario, trial: TrialMeeting
) -> None:
    """By the ordinary join tokens, however Discord judges the admin."""
    now = scenario.clock.now()
    bar = Bar(reason=Barred.ROLE, until=now + timedelta(days=1))
    await scenario.store.memberships.record(SERVER, 1, bar=bar, told_at=now, now=now)
    for browser in devices:
        assert (await browser.post("/session/join-token")).status == 200
    await scenario.in_the_room(trial)
    view = (await devices[0].get()).json
    assert (view["state"], view["partner"]["present"]) == ("meeting", True)
    assert view["times"]["ends_at"] == view["times"]["closes_at"]


async def test_nobody_else_can_be_asked_for(devices: tuple[Browser, Browser], scenario: Scenario) -> None:
    """However long the other device is missing."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.seconds)
    assert (await devices[0].post("/session/another")).code == "partner_came"


async def test_leaving_cannot_be_undone(devices: tuple[Browser, Browser]) -> None:
    """The page does not offer it, and the server refuses."""
    assert (await devices[0].leave()).status == 204
    view = (await devices[0].get()).json
    assert (view["state"], view["times"]["undo_until"]) == ("after", None)
    assert (await devices[0].post("/session/undo")).code == "match_over"
    assert (await devices[1].get()).json["partner"]["left"] is True


async def test_a_loaded_page_is_seen_by_the_admin(browsers: Browsers, scenario: Scenario, trial: TrialMeeting) -> None:
    """As soon as it asks about its link; the link is not spent by that."""
    assert (await browsers.open().inspect(trial.tokens[1])).status == 200
    found = await scenario.store.trials.find(trial.match_id)
    assert found is not None
    assert [link.opened_at is not None for link in found.links] == [False, True]
    assert (await browsers.open().redeem(trial.tokens[1])).status == 201


async def test_both_links_in_one_browser(browsers: Browsers, trial: TrialMeeting) -> None:
    """Two tabs with a cookie each: every request acts for the seat that its tab names, and loading again keeps both."""
    first, second = browsers.open(), browsers.open()
    one = await first.redeem(trial.tokens[0])
    two = await second.redeem(trial.tokens[1])
    names = [answer.headers["Set-Cookie"].partition("=")[0] for answer in (one, two)]
    assert names == [COOKIE_NAME, SECOND_COOKIE_NAME]
    jar = "; ".join(answer.headers["Set-Cookie"].partition(";")[0] for answer in (one, two))
    for seat, name in zip((first.seat, second.seat), DEVICES, strict=True):
        tab = browsers.open()
        tab.always |= {"Cookie": jar, "X-Seat": str(seat)}
        assert (await tab.get()).json["me"]["name"] == name
        assert (await tab.post("/session/join-token")).status == 200
    tab = browsers.open()
    tab.always |= {"Cookie": jar}
    assert (await tab.get()).json["seat"] == first.seat
    for token, seat in zip(trial.tokens, (first.seat, second.seat), strict=True):
        assert (await tab.inspect(token, OTHER_ATTEMPT)).status == 200
        again = await tab.post("/session", {"token": token, "attempt": OTHER_ATTEMPT})
        assert (again.status, again.json["seat"]) == (200, seat)
    tab.always |= {"X-Seat": "another"}
    assert (await tab.get()).code == "other_seat"


async def test_no_metric_counts_its_links(
    browsers: Browsers, scenario: Scenario, trial: TrialMeeting, metrics: Metrics
) -> None:
    """Opened, redeemed, refused or let in: an admin is no student."""
    browser = browsers.open()
    await browser.inspect(trial.tokens[0])
    await browser.redeem(trial.tokens[0])
    assert (await browser.post("/session/join-token")).status == 200
    stranger = browsers.open()
    assert (await stranger.inspect(trial.tokens[0], OTHER_ATTEMPT)).code == "link_used"
    assert (await stranger.redeem(trial.tokens[0], OTHER_ATTEMPT)).code == "link_used"
    assert await scenario.store.trials.end_of_member(1, scenario.clock.now())
    assert (await browser.post("/session/join-token")).code == "match_over"
    beginnings = ("links_opened", "redemptions", "join_tokens")
    assert {name for name in counted(metrics) if name.startswith(beginnings)} == set()


async def test_a_new_link_comes_as_any(browsers: Browsers, scenario: Scenario, trial: TrialMeeting) -> None:
    """The page of a link that was used can have another one sent."""
    assert (await browsers.open().post("/invitation/resend", {"token": trial.tokens[0]})).status == 202
    written = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert [each.seat_id for each in written if each.kind == "new_link"] == [trial.seats[0]]


async def test_nobody_reports_themselves(browsers: Browsers, scenario: Scenario, trial: TrialMeeting) -> None:
    """Whoever tries it on one of the two devices leaves with that one; there is no report, and no block."""
    devices = [browsers.open(), browsers.open()]
    for device, token, path in zip(devices, trial.tokens, ("/report", "/block"), strict=True):
        await device.redeem(token)
        assert (await device.post(path)).code == ("report_closed" if path == "/report" else "")
        assert (await device.get()).json["state"] == "after"
    assert await scenario.store.blocks.blocked_by(1) == []
    assert await scenario.store.reports.find_reportable(1, scenario.clock.now()) == []
