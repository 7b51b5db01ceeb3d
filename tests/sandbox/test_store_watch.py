"""What the sandbox's page shows of the store: who is kept apart, and whether newcomers wait."""

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


async def test_careful_is_switched_on_and_off(sandbox: Sandbox) -> None:
    """A newcomer reads when they can begin, and is told an hour later; switched off, nobody waits."""
    server, finn = sandbox.fake_discord.guild_id, Student(sandbox, "Finn")
    await until(lambda: is_true(careful(sandbox) == {str(server): False}))
    await sandbox._store_watch.set_careful(server, on=True)
    assert careful(sandbox) == {str(server): True}
    await finn.command("study now")
    refusal = await finn.reads("Remind me")
    await finn.press(refusal, "Remind me")
    await finn.reads("I'll remind you")
    sandbox.pass_an_hour()
    await finn.told("You can study with someone now")
    await sandbox._store_watch.set_careful(server, on=False)
    assert careful(sandbox) == {str(server): False}


async def test_a_fresh_account_is_refused_only_while_careful_is_on(sandbox: Sandbox) -> None:
    """Nils has had his account for a day, and is let in to this server only now."""
    server, nils = sandbox.fake_discord.guild_id, Student(sandbox, "Nils")
    sandbox.world.join(server, nils.person)
    await sandbox._store_watch.set_careful(server, on=True)
    await nils.command("study now")
    await nils.reads("Remind me")
    await sandbox._store_watch.set_careful(server, on=False)
    await nils.command("study now")
    await nils.reads("I agree")


async def is_true(value: object) -> bool:
    """Whether the value is true, as `until` asks."""
    return bool(value)


def kept_apart(sandbox: Sandbox) -> list[dict[str, object]]:
    """What the page is told about it."""
    shown: list[dict[str, object]] = sandbox._current_snapshot()["apart"]  # type: ignore[assignment]  # JSON
    return shown


def careful(sandbox: Sandbox) -> dict[str, bool]:
    """What the page is told about newcomers: whether they wait, by the server's id."""
    shown: dict[str, bool] = sandbox._current_snapshot()["careful"]  # type: ignore[assignment]  # JSON
    return shown
