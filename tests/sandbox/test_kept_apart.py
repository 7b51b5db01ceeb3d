"""Two whose match came to nothing, in the sandbox: who is kept apart is shown, and an hour later they meet again."""

from datetime import datetime

from bot.domain.match import APART_FOR, UNDO_FOR
from bot.sandbox.sandbox import Sandbox
from tests.polling import until
from tests.sandbox.student import Student


async def test_two_meet_again_once_the_clock_has_been_moved(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """Everything in the sandbox goes on after each jump; meanwhile the page says why the two do not meet yet."""
    for student in (alice, bob):
        await student.search()
    for student in (alice, bob):
        await student.link()
    await alice.command("study leave")
    await alice.reads("You've left")
    await alice.search()
    await alice.reads("Looking for a partner")
    began = sandbox.clock.now()
    sandbox.clock.shift(UNDO_FOR)
    await until(lambda: is_true(kept_apart(sandbox)))
    [shown] = kept_apart(sandbox)
    assert shown["people"] == sorted(str(student.person.id) for student in (alice, bob))
    assert datetime.fromisoformat(str(shown["until"])) > began + APART_FOR
    await until(lambda: is_true(len(bob.direct()) == 2))  # the news that Alice cannot come, and no second link
    await until(lambda: is_true(not alice.links() and not bob.links()))  # the messages about the match are edited
    sandbox.pass_an_hour()
    await until(lambda: is_true(not kept_apart(sandbox)))
    for student in (alice, bob):
        await student.search()
    for student in (alice, bob):
        await student.link()


async def is_true(value: object) -> bool:
    """Whether the value is true, as `until` asks."""
    return bool(value)


def kept_apart(sandbox: Sandbox) -> list[dict[str, object]]:
    """What the page is told about it."""
    shown: list[dict[str, object]] = sandbox._current_snapshot()["apart"]  # type: ignore[assignment]  # JSON
    return shown
