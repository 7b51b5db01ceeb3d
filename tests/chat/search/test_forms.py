"""The form behind Change."""

import pytest

from bot.chat.search.custom_ids import WISHES_FORM
from bot.chat.search.forms import submitted_wishes, wishes_form
from bot.chat.search.wishes import RawWishes
from bot.domain.server import Server, Subject
from bot.domain.ticket import Camera, Level, Style, Wishes
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.form_limits import BIG_SERVER, SMALL_SERVER, assert_form_fits
from tests.chat.shown import message_of, text_of


@pytest.mark.parametrize("server", [BIG_SERVER, SMALL_SERVER])
async def test_the_form_fits(server: Server) -> None:
    """Discord accepts it for any server."""
    custom_id = WISHES_FORM.format(server=server.server_id)
    assert_form_fits(wishes_form(words_for(), custom_id=custom_id, wishes=Wishes(), server=server))


def test_choices_are_in_the_order_of_the_form() -> None:
    """No level comes before the levels; of style and camera no preference is chosen by choosing nothing."""
    form = wishes_form(words_for(), custom_id="hb:wishes:1", wishes=Wishes(), server=SMALL_SERVER).to_dict()
    fields = {label["component"]["custom_id"]: label["component"] for label in form["components"]}
    values = {name: [option["value"] for option in field["options"]] for name, field in fields.items()}
    assert values == {
        "subject": ["Maths", "any"],
        "length": ["25", "any"],
        "manner": ["style:quiet", "style:talk", "camera:off", "camera:on"],
        "level": ["any", "beginner", "intermediate", "advanced"],
    }


def test_submitted_values_become_raw_wishes() -> None:
    """Several lengths and languages are joined, and an empty field counts as left out."""
    values = {"subject": ["Maths"], "length": ["25", "50"], "language": ["de", "en"], "level": []}
    assert submitted_wishes(values) == RawWishes(subject="Maths", length="25,50", language="de,en")


@pytest.mark.parametrize(
    ("chosen", "style", "camera"),
    [
        ([], "any", "any"),
        (["style:quiet"], "quiet", "any"),
        (["camera:on"], "any", "on"),
        (["style:talk", "camera:off"], "talk", "off"),
        (["style:quiet", "style:talk", "camera:on"], "any", "on"),
        (["style:quiet", "style:talk", "camera:on", "camera:off"], "any", "any"),
    ],
)
def test_style_and_camera_share_a_field(chosen: list[str], style: str, camera: str) -> None:
    """None or both of one kind mean that either will do."""
    assert submitted_wishes({"manner": chosen}).choices == {"style": style, "camera": camera}


async def test_change_shows_the_wishes_and_changes_them(harness: ChatHarness) -> None:
    """The form is filled with the current wishes, and submitting it updates the card."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Physics", length="50"))
    form = await alice.click(card, label="Change")
    assert form.modal is not None
    chosen = {
        field["component"]["custom_id"]: [
            option["value"] for option in field["component"]["options"] if option["default"]
        ]
        for field in form.modal["components"]
    }
    assert chosen == {"subject": ["Physics"], "length": ["50"], "language": ["en"], "manner": [], "level": ["any"]}
    submitted = {
        "subject": ["any"],
        "length": ["25", "50"],
        "language": ["en"],
        "manner": ["style:talk", "camera:off"],
        "level": ["beginner"],
    }
    await alice.submit_modal(form, submitted)
    assert "Any subject · 25 or 50 minutes · talking · camera off · beginner" in text_of(card)
    ticket = await harness.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.wishes == Wishes(
        style=Style.TALK, camera=Camera.OFF, level=Level.BEGINNER, lengths=(25, 50), any_length=False
    )


async def test_a_length_left_open_stays_open_in_the_form(harness: ChatHarness) -> None:
    """It shows Any length, not every length; submitted as it is, or with another length beside it, it stays open."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Physics"))
    for submitted in (["any"], ["25", "any"]):
        form = await alice.click(card, label="Change")
        assert form.modal is not None
        shown = {field["component"]["custom_id"]: field["component"]["options"] for field in form.modal["components"]}
        assert [option["value"] for option in shown["length"] if option["default"]] == ["any"]
        others = {"subject": ["Physics"], "language": ["en"], "manner": [], "level": ["any"]}
        await alice.submit_modal(form, {**others, "length": submitted})
        ticket = await harness.store.tickets.find_by_member(alice.id)
        assert ticket is not None
        assert (ticket.wishes.lengths, ticket.wishes.any_length) == ((25, 50), True)


MANY_SUBJECTS = tuple(Subject(name=f"Subject {letter}") for letter in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("subject", ["any", "Subject b"])
async def test_a_form_with_many_subjects_is_accepted_as_it_is_filled_in(harness: ChatHarness, subject: str) -> None:
    """There the subject is typed: the field says what it takes, and shows the name or the label of any subject."""
    await harness.set_up(subjects=MANY_SUBJECTS)
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject=subject))
    before = await harness.store.tickets.find_by_member(alice.id)
    form = await alice.click(card, label="Change")
    assert form.modal is not None
    assert form.modal["components"][0]["description"] == "One that this server offers, or any."
    filled_in = form.modal["components"][0]["component"]["value"]
    assert filled_in == ("Any subject" if subject == "any" else subject)
    others = {"length": ["any"], "language": ["en"], "manner": [], "level": ["any"]}
    await alice.submit_modal(form, {"subject": filled_in, **others})
    after = await harness.store.tickets.find_by_member(alice.id)
    assert before is not None
    assert after is not None
    assert after.wishes == before.wishes


async def test_the_form_shows_only_what_is_still_offered(harness: ChatHarness) -> None:
    """The admins have changed subjects, lengths and languages since: it shows what a search would have now."""
    await harness.set_up(languages=("en", "de"))
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths", length="50", language="de"))
    await harness.set_up(subjects=MANY_SUBJECTS, lengths=(25,), languages=("en", "fr"))
    form = await alice.click(card, label="Change")
    assert form.modal is not None
    fields = {field["component"]["custom_id"]: field["component"] for field in form.modal["components"]}
    assert fields["subject"]["value"] == "Any subject"
    assert [each["value"] for each in fields["length"]["options"] if each["default"]] == ["any"]
    assert [each["value"] for each in fields["language"]["options"] if each["default"]] == ["en"]


async def test_a_form_submitted_after_a_restart_is_answered(harness: ChatHarness) -> None:
    """Nothing about it is kept in memory."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Physics"))
    form = await alice.click(card, label="Change")
    await harness.restart()
    await alice.submit_modal(
        form, {"subject": ["Maths"], "length": ["25"], "language": ["en"], "manner": [], "level": ["any"]}
    )
    assert "Maths · 25 minutes" in text_of(card)


async def test_change_in_a_server_without_settings_says_what_to_do(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The member alone sees the answer."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))

    async def unknown(*_: object) -> None:
        return None

    monkeypatch.setattr(type(harness.store.servers), "get", unknown)
    shown = await alice.click(card, label="Change")
    assert "Not set up yet" in text_of(shown)
    assert shown.ephemeral
