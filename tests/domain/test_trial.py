"""How far a trial has come, from what is known of its two links."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.trial import STEP_MISSING_AFTER, TRIAL_LASTS, Trial, TrialLink, TrialStep, trial_agreement

START = datetime(2026, 3, 2, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SENT = TrialLink(delivered_at=START + SECOND)
OPENED = TrialLink(delivered_at=START + SECOND, opened_at=START + 2 * SECOND)
REDEEMED = TrialLink(delivered_at=START + SECOND, redeemed_at=START + 3 * SECOND)
ENTERED = TrialLink(delivered_at=START + SECOND, redeemed_at=START + 3 * SECOND, entered_at=START + 4 * SECOND)


def trial(*links: TrialLink, met_at: datetime | None = None) -> Trial:
    """A trial with these links."""
    return Trial(id="a-trial", started_at=START, met_at=met_at, ended_at=None, links=links)


@pytest.mark.parametrize(
    ("links", "met_at", "done", "missing"),
    [
        ((TrialLink(), TrialLink()), None, [0, 0, 0, 0], TrialStep.MESSAGES),
        ((SENT, TrialLink()), None, [1, 0, 0, 0], TrialStep.MESSAGES),
        ((SENT, OPENED), None, [2, 1, 0, 0], TrialStep.PAGE),
        ((OPENED, OPENED), None, [2, 2, 0, 0], TrialStep.LINKS),
        ((REDEEMED, OPENED), None, [2, 2, 1, 0], TrialStep.LINKS),
        ((REDEEMED, ENTERED), None, [2, 2, 2, 1], TrialStep.VIDEO),
        ((ENTERED, ENTERED), None, [2, 2, 2, 2], TrialStep.VIDEO),
        ((ENTERED, ENTERED), START, [2, 2, 2, 2], None),
    ],
)
def test_a_step_is_done_with_both_links(
    links: tuple[TrialLink, ...], met_at: datetime | None, done: list[int], missing: TrialStep | None
) -> None:
    """A link that was redeemed has loaded its page; video needs both devices in the room at once."""
    now = trial(*links, met_at=met_at)
    assert [now.count_done(step) for step in TrialStep] == done
    assert now.missing_step is missing
    assert now.steps_done == (len(TrialStep) if missing is None else list(TrialStep).index(missing))


def test_help_comes_after_the_newest_step() -> None:
    """Counted from the beginning, or from what was done last with either link."""
    assert trial(TrialLink(), TrialLink()).help_at == START + STEP_MISSING_AFTER
    assert trial(ENTERED, OPENED).help_at == START + 4 * SECOND + STEP_MISSING_AFTER


def test_its_terms_are_its_length() -> None:
    """In whole minutes, as the room closes after them."""
    assert trial_agreement("de").length * timedelta(minutes=1) == TRIAL_LASTS
    assert trial_agreement("de").language == "de"
