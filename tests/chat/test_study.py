"""`/study`: what students type, what they see, and what is then in the store."""

from datetime import timedelta

import discord
import pytest

from bot.domain.server import Audience, Subject
from bot.domain.ticket import ANY, Camera, Level, Style, Wishes
from bot.store import StoreUnavailable
from tests.chat.hall import Hall
from tests.chat.reading import custom_id, labels, link, message, words


async def test_now_waits_at_once(hall: Hall) -> None:
    """Answered only to them, deferred first; the card has the wishes, the wait and two buttons; the ticket is there."""
    await hall.set_up()
    alice = hall.member("Alice")
    shown = await alice.slash(hall.study, "study now", subject="Physics", length="50", style="quiet", wait=20)
    assert shown.ephemeral
    assert hall.first_answer() == {"type": 5, "data": {"flags": 64}}
    assert "Looking for a partner" in words(shown)
    assert "Physics, 50 minutes, quiet." in words(shown)
    assert "Few people are here at this hour." in words(shown)
    assert labels(shown) == ["Change", "Stop waiting"]
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert (ticket.name, ticket.server_id, ticket.pool) == ("Alice", hall.guild.id, str(hall.guild.id))
    assert ticket.wishes == Wishes(subject="Physics", subject_group="Science", style=Style.QUIET, lengths=(50,))
    assert ticket.expires_at == hall.clock.now() + timedelta(minutes=20)


async def test_now_remembers(hall: Hall) -> None:
    """What is left out the second time comes from the first, the patience too."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now", subject="Maths", camera="off", level="advanced", language="de", wait=30)
    await alice.slash(hall.study, "study leave")
    await alice.slash(hall.study, "study now", length="25")
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.wishes == Wishes(
        subject="Maths", camera=Camera.OFF, level=Level.ADVANCED, languages=("de",), lengths=(25,)
    )
    assert ticket.expires_at == hall.clock.now() + timedelta(minutes=30)


async def test_a_second_now_changes_the_wishes(hall: Hall) -> None:
    """Same ticket, same place in the line, and the card says so."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now", subject="Physics")
    before = await hall.store.tickets.find_by_member(alice.id)
    hall.clock.pass_time(minutes=3)
    shown = await alice.slash(hall.study, "study now", subject="Maths")
    after = await hall.store.tickets.find_by_member(alice.id)
    assert before is not None
    assert after is not None
    assert (after.id, after.waiting_since) == (before.id, before.waiting_since)
    assert after.wishes.subject == "Maths"
    assert "Your wishes are changed." in words(shown)


async def test_asking_for_the_same_again_changes_nothing(hall: Hall) -> None:
    """Then no change is claimed; the patience begins anew."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now", subject="Physics")
    hall.clock.pass_time(minutes=3)
    shown = await alice.slash(hall.study, "study now")
    assert "Your wishes are changed." not in words(shown)
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.expires_at == hall.clock.now() + timedelta(minutes=14)


async def test_a_patience_said_while_waiting_is_remembered(hall: Hall) -> None:
    """Other wishes later do not bring the old one back."""
    await hall.set_up()
    alice = hall.member("Alice")
    for options in ({}, {"wait": 5}, {"subject": "Maths"}):
        await alice.slash(hall.study, "study now", **options)
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.expires_at == hall.clock.now() + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"audience": Audience.UNSAID}, "Not set up yet"),
        ({"audience": Audience.MIXED}, "Pairing is off here"),
        ({"channel_id": None}, "no channel"),
        ({"paused": True}, "Pairing has a break"),
        ({"role_id": 77}, "A role is missing"),
    ],
)
async def test_where_pairing_is_not_open(hall: Hall, settings: dict[str, object], said: str) -> None:
    """Why not, and who can change it; nobody waits."""
    await hall.set_up(**settings)
    alice = hall.member("Alice")
    shown = await alice.slash(hall.study, "study now")
    assert said in words(shown)
    assert await hall.store.tickets.find_by_member(alice.id) is None


async def test_a_server_that_was_never_set_up(hall: Hall) -> None:
    """It says what to do and by whom."""
    shown = await hall.member("Alice").slash(hall.study, "study now")
    assert "Somebody with Manage Server can do it" in words(shown)


async def test_the_role_lets_in(hall: Hall) -> None:
    """Who has the role waits."""
    role = hall.guild.create_role("Students")
    await hall.set_up(role_id=role.id)
    shown = await hall.member("Alice", roles=[role]).slash(hall.study, "study now")
    assert "Looking for a partner" in words(shown)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"subject": "Astrology"}, "“Astrology” is not on the list here."),
        ({"subject": "@everyone **x**"}, r"“\@everyone \*\*x\*\*” is not on the list here."),
        ({"length": "30"}, "Possible here: 25 or 50."),
        ({"language": "Klingon"}, "Possible here: English or Deutsch."),
    ],
)
async def test_input_that_does_not_fit(hall: Hall, typed: dict[str, str], said: str) -> None:
    """A clear sentence, seen only by them; nobody waits."""
    await hall.set_up()
    alice = hall.member("Alice")
    shown = await alice.slash(hall.study, "study now", **typed)
    assert said in words(shown)
    assert shown.ephemeral
    assert await hall.store.tickets.find_by_member(alice.id) is None


async def test_subjects_are_offered(hall: Hall) -> None:
    """The last one first, then those that begin so, then those that contain it; any at the end."""
    await hall.set_up(
        subjects=tuple(Subject(name=name) for name in ("Biophysics", "Maths", "Physics", "Physical chemistry"))
    )
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now", subject="Physical chemistry")
    offered = await alice.autocomplete(hall.study, "study now", "subject", "phy")
    assert [choice["name"] for choice in offered] == ["Physical chemistry", "Physics", "Biophysics", "Any subject"]
    assert offered[-1]["value"] == ANY


async def test_at_most_25_are_offered(hall: Hall) -> None:
    """Discord takes no more."""
    await hall.set_up(subjects=tuple(Subject(name=f"Subject {number}") for number in range(60)))
    offered = await hall.member("Alice").autocomplete(hall.study, "study now", "subject", "")
    assert len(offered) == 25
    assert offered[-1]["name"] == "Any subject"


async def test_languages_are_offered_by_their_own_names(hall: Hall) -> None:
    """Those of this server."""
    await hall.set_up()
    offered = await hall.member("Alice").autocomplete(hall.study, "study now", "language", "deu")
    assert offered == [{"name": "Deutsch", "value": "de"}]


async def test_camera_off_comes_first(hall: Hall) -> None:
    """Off is as welcome as on, and stands before it."""
    [now] = [command for command in hall.synced("study") if command["name"] == "now"]
    [camera] = [option for option in now["options"] if option["name"] == "camera"]
    assert [choice["value"] for choice in camera["choices"]] == ["off", "on", "any"]


async def test_change_is_filled_with_the_wishes_and_changes_them(hall: Hall) -> None:
    """The form opens at once, shows what is wished now, and the same card shows what is wished then."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now", subject="Physics", length="50"))
    form = await alice.click(card, label="Change")
    assert form.modal is not None
    chosen = {
        field["component"]["custom_id"]: [
            option["value"] for option in field["component"]["options"] if option["default"]
        ]
        for field in form.modal["components"]
    }
    assert chosen == {"subject": ["Physics"], "length": ["50"], "style": ["any"], "camera": ["any"], "level": ["any"]}
    await alice.submit_modal(
        form, {"subject": ["any"], "length": ["25", "50"], "style": ["talk"], "camera": ["off"], "level": ["beginner"]}
    )
    assert "Any subject, 25 or 50 minutes, talking, camera off, beginner." in words(card)
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.wishes == Wishes(style=Style.TALK, camera=Camera.OFF, level=Level.BEGINNER, lengths=(25, 50))


async def test_a_form_sent_after_a_restart_is_answered(hall: Hall) -> None:
    """Nothing about it is kept in memory."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now", subject="Physics"))
    form = await alice.click(card, label="Change")
    await hall.restart()
    await alice.submit_modal(
        form, {"subject": ["Maths"], "length": ["25"], "style": ["any"], "camera": ["any"], "level": ["any"]}
    )
    assert "Maths, 25 minutes." in words(card)


async def test_stop_waiting_after_a_restart(hall: Hall) -> None:
    """The card's buttons outlive the process; the ticket is gone and the card says so."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now"))
    await hall.restart()
    await alice.click(card, label="Stop waiting")
    assert "You stopped waiting" in words(card)
    assert labels(card) == ["Find a partner"]
    assert await hall.store.tickets.find_by_member(alice.id) is None


async def test_stopping_twice_is_safe(hall: Hall) -> None:
    """The second time there is nothing to stop."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now"))
    stop = custom_id(card, "hb:stop")
    await alice.slash(hall.study, "study leave")
    await alice.click(card, custom_id=stop)
    assert "You are not waiting" in words(card)
    assert labels(card) == ["Find a partner"]


async def test_status_and_leave_without_a_search(hall: Hall) -> None:
    """Said plainly, with the button to begin."""
    await hall.set_up()
    alice = hall.member("Alice")
    shown = [await alice.slash(hall.study, command) for command in ("study status", "study leave")]
    for card in shown:
        assert "You are not waiting" in words(card)
        assert labels(card) == ["Find a partner"]
    await alice.click(message(shown[-1]), label="Find a partner")
    assert await hall.store.tickets.find_by_member(alice.id) is not None


async def test_status_shows_the_same_card(hall: Hall) -> None:
    """The search as it stands."""
    await hall.set_up()
    alice = hall.member("Alice")
    first = await alice.slash(hall.study, "study now", subject="Maths")
    assert words(await alice.slash(hall.study, "study status")) == words(first)


async def test_one_search_over_all_servers(hall: Hall) -> None:
    """In another server it offers to take the search over, and does."""
    await hall.set_up()
    other, there = await hall.second_server("Night Owls")
    alice = hall.member("Alice")
    also_alice = other.add_member(alice.user)
    await also_alice.slash(there, "study now", subject="Physics", style="quiet")
    shown = await alice.slash(hall.study, "study now")
    assert "You wait in Night Owls" in words(shown)
    await alice.click(message(shown), label="Wait here instead")
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.server_id == hall.guild.id
    assert ticket.wishes.subject == "Physics"
    assert "Physics, 25 or 50 minutes, quiet." in words(shown)


async def test_now_in_a_match_shows_it(hall: Hall) -> None:
    """It says so and offers the way in and the way out."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    shown = await alice.slash(hall.study, "study now")
    assert "You have a partner already." in words(shown)
    assert "You have a partner: Bob" in words(shown)
    assert labels(shown) == ["Open the room", "I can't make it"]
    assert link(shown) == hall.link_of(alice)


async def test_status_in_a_match_has_the_way_in(hall: Hall) -> None:
    """The link that still works; where none does, a button for a new one, in the same place."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    assert link(await alice.slash(hall.study, "study status")) == hall.link_of(alice)
    await alice.slash(hall.study, "study link")
    hall.clock.pass_time(minutes=15)
    shown = await alice.slash(hall.study, "study status")
    assert labels(shown) == ["New link", "I can't make it"]
    await alice.click(message(shown), label="New link")
    assert (link(shown) or "").startswith("https://study.example/j#")
    assert link(shown) != hall.link_of(alice)


async def test_link_gives_a_new_one_and_the_old_one_stops(hall: Hall) -> None:
    """Three in ten minutes, then it asks for patience."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    links = {hall.link_of(alice)}
    for _ in range(3):
        hall.clock.pass_time(seconds=30)
        shown = await alice.slash(hall.study, "study link")
        assert "Older links no longer work." in words(shown)
        links.add(link(shown) or "")
    assert len(links) == 4
    assert await hall.states_of_links(links) == ["open", "replaced", "replaced", "replaced"]
    assert "That was quick" in words(await alice.slash(hall.study, "study link"))


async def test_link_without_a_match(hall: Hall) -> None:
    """There is none to give."""
    await hall.set_up()
    assert "There is no meeting" in words(await hall.member("Alice").slash(hall.study, "study link"))


async def test_leaving_a_match(hall: Hall) -> None:
    """By command it is the same as the button: the seat is given up, the partner's stays."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    shown = await alice.slash(hall.study, "study leave")
    assert "Your place is free again" in words(shown)
    assert await hall.store.matches.find_by_member(alice.id) is None
    assert await hall.store.matches.find_by_member(bob.id) is not None


async def test_the_store_does_not_answer(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said plainly, and nothing technical."""
    await hall.set_up()

    async def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(type(hall.store.tickets), "start_waiting", unavailable)
    shown = await hall.member("Alice").slash(hall.study, "study now")
    assert "My storage does not answer." in words(shown)
    assert "disk" not in words(shown)


async def test_what_nobody_foresaw(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do, and no trace of code."""
    await hall.set_up()

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(type(hall.store.tickets), "start_waiting", broken)
    shown = await hall.member("Alice").slash(hall.study, "study now")
    assert "Try again in a minute." in words(shown)
    assert "secret" not in words(shown)


async def test_a_quarantined_name_may_not_wait(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord holds the name back; so do we, and say how to change it."""
    await hall.set_up()
    alice = hall.member("Alice")
    held_back = discord.MemberFlags(automod_quarantined_username=True)
    monkeypatch.setattr(discord.Member, "flags", held_back)
    assert "Your name is held back" in words(await alice.slash(hall.study, "study now"))


async def test_a_hostile_name_is_cleaned_where_it_enters(hall: Hall) -> None:
    """The ticket holds what the page and the partner will see."""
    await hall.set_up()
    mallory = hall.member("Mallory", nick="\u202ehttps://evil.example @every\u200bone **x**")
    await mallory.slash(hall.study, "study now")
    ticket = await hall.store.tickets.find_by_member(mallory.id)
    assert ticket is not None
    assert ticket.name == "evil.example @everyone **x**"
