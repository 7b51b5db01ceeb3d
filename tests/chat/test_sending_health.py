"""Whether messages can be sent, judged by the latest attempts."""

from bot.chat.sending_health import SendingHealth
from bot.domain.message import Delivered, NotTried, Outcome, Refused, TryAgain
from bot.metrics import Metrics
from tests.clocks import VirtualClock
from tests.metric_samples import counted

LATER = TryAgain(reason="Discord isn't available (503)")


def health_after(*steps: tuple[float, Outcome]) -> tuple[SendingHealth, VirtualClock]:
    """The health after attempts, each so many seconds after the one before."""
    clock = VirtualClock()
    health = SendingHealth(clock, "message")
    for seconds, outcome in steps:
        clock.pass_time(seconds=seconds)
        health.record(outcome)
    return health, clock


def test_without_attempts_nothing_is_wrong() -> None:
    """Nothing is due, so nothing had to be sent."""
    assert SendingHealth(VirtualClock(), "message").problem is None


def test_failures_of_a_minute_are_a_problem() -> None:
    """The sentence says why."""
    health, _ = health_after((0, LATER), (30, LATER), (29, LATER))
    assert health.problem is None
    health, _ = health_after((0, LATER), (30, LATER), (30, LATER))
    assert health.problem == "No message has got through for more than a minute: Discord isn't available (503)."


def test_one_message_that_passes_ends_it() -> None:
    """So does a refusal: Discord has answered, and the next route is tried."""
    for answer in (Delivered(), Refused(reason="the member takes no direct messages")):
        health, clock = health_after((0, LATER), (90, LATER), (1, answer))
        assert health.problem is None
        clock.pass_time(minutes=5)
        health.record(LATER)
        assert health.problem is None, "the minute begins anew"


def test_a_refusal_without_asking_says_nothing() -> None:
    """That a member takes no direct messages was known before; whether Discord answers now was not found out."""
    unasked = Refused(reason="the member takes no direct messages", attempted=False)
    health, _ = health_after((0, LATER), (30, unasked), (30, LATER))
    assert health.problem is not None
    health, _ = health_after((0, unasked), (90, unasked))
    assert health.problem is None


def test_an_old_failure_is_forgotten() -> None:
    """If nothing was tried for ten minutes, nothing is due; a clock that was set back changes nothing."""
    health, clock = health_after((0, LATER), (90, LATER))
    clock.pass_time(minutes=10)
    assert health.problem is None
    health, clock = health_after((0, LATER), (90, LATER))
    clock.correct(hours=-1)
    assert health.problem is not None


def test_a_single_failure_is_no_problem() -> None:
    """Of an answer to a member that is all there is, until somebody tries again."""
    health, clock = health_after((0, LATER))
    clock.pass_time(minutes=2)
    assert health.problem is None
    health.record(LATER)
    assert health.problem is not None


def test_every_attempt_is_in_the_metrics() -> None:
    """By what came of it; without a request to Discord there was none."""
    metrics = Metrics()
    health = SendingHealth(VirtualClock(), "message", metrics)
    held_back = TryAgain(reason="later", attempted=False)
    unasked = (Refused(reason="known", attempted=False), held_back, NotTried(reason="no connection"))
    for outcome in (Delivered(), LATER, Refused(reason="gone"), *unasked, LATER):
        health.record(outcome)
    assert counted(metrics) == {
        "sending_attempts_total arrived message": 1,
        "sending_attempts_total refused message": 1,
        "sending_attempts_total failed message": 2,
    }
