"""What is suggested while a member types."""

import pytest

from bot.domain.server import Subject
from bot.domain.ticket import ANY
from tests.chat.chat_harness import ChatHarness


async def test_subjects_are_suggested_by_how_well_they_fit(harness: ChatHarness) -> None:
    """The last one comes first, then those that begin with the text, then those that contain it; any comes last."""
    await harness.set_up(
        subjects=tuple(Subject(name=name) for name in ("Biophysics", "Maths", "Physics", "Physical chemistry"))
    )
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physical chemistry")
    suggested = await alice.autocomplete(harness.study, "study now", "subject", "phy")
    assert [choice["name"] for choice in suggested] == ["Physical chemistry", "Physics", "Biophysics", "Any subject"]
    assert suggested[-1]["value"] == ANY


async def test_at_most_25_subjects_are_suggested(harness: ChatHarness) -> None:
    """Discord takes no more; any subject is always among them."""
    await harness.set_up(subjects=tuple(Subject(name=f"Subject {number}") for number in range(60)))
    suggested = await harness.member("Alice").autocomplete(harness.study, "study now", "subject", "")
    assert len(suggested) == 25
    assert suggested[-1]["name"] == "Any subject"


async def test_the_server_languages_are_suggested_by_their_own_names(harness: ChatHarness) -> None:
    """Their codes are the values."""
    await harness.set_up()
    suggested = await harness.member("Alice").autocomplete(harness.study, "study now", "language", "deu")
    assert suggested == [{"name": "Deutsch", "value": "de"}]


async def test_nothing_is_suggested_before_the_setup(harness: ChatHarness, caplog: pytest.LogCaptureFixture) -> None:
    """A server without settings has no subjects and no languages, which is not a failure."""
    alice = harness.member("Alice")
    for option in ("subject", "language"):
        assert await alice.autocomplete(harness.study, "study now", option, "") == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
