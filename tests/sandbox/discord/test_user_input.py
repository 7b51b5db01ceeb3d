"""Every kind of field a form can have, filled in, left alone, and filled in as nobody can."""

from typing import Any

import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_input import ImpossibleAction, InputEncoder, Value

WORDS = [{"label": word, "value": word} for word in ("a", "b", "c")]


def field(kind: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": 2, "custom_id": "it", **more}


def ready(word: str) -> list[dict[str, Any]]:
    """The words, with one of them chosen already."""
    return [{**option, "default": option["value"] == word} for option in WORDS]


TEXT, SELECT, CHANNEL, FILE, RADIO, BOXES, BOX = 4, 3, 8, 19, 21, 22, 23


@pytest.fixture
def encoder(fake_discord: FakeDiscord, study: int, alice: Person) -> InputEncoder:
    return InputEncoder(fake_discord.backend, user_id=alice.id, channel_id=study)


def filled(encoder: InputEncoder, part: dict[str, Any], values: dict[str, Value]) -> Any:
    """What comes back for one field under its label."""
    [label] = encoder.encode_form([{"type": 18, "id": 1, "label": "Label", "component": part}], values)
    assert (label["type"], label["id"]) == (18, 1)
    inner = label["component"]
    assert (inner["type"], inner["id"], inner["custom_id"]) == (part["type"], 2, "it")
    return inner.get("value", inner.get("values"))


@pytest.mark.parametrize(
    ("part", "value", "comes_back"),
    [
        (field(TEXT), "words", "words"),
        (field(TEXT, required=False), "", ""),
        (field(SELECT, options=WORDS), ["b"], ["b"]),
        (field(SELECT, options=WORDS, required=False), [], []),
        (field(SELECT, options=WORDS, min_values=0, max_values=3), ["a", "c"], ["a", "c"]),
        (field(RADIO, options=WORDS), "b", "b"),
        (field(BOXES, options=WORDS), ["a", "b", "c"], ["a", "b", "c"]),
        (field(BOXES, options=WORDS), [], []),
        (field(BOX), True, True),
        (field(FILE), [], []),
    ],
)
def test_filled_in(encoder: InputEncoder, part: dict[str, Any], value: Value, comes_back: Value) -> None:
    """What was filled in comes back as the field's kind says."""
    assert filled(encoder, part, {"it": value}) == comes_back


@pytest.mark.parametrize(
    ("part", "comes_back"),
    [
        (field(TEXT, value="before"), "before"),
        (field(TEXT, required=False), ""),
        (field(SELECT, options=ready("c")), ["c"]),
        (field(RADIO, options=ready("c")), "c"),
        (field(RADIO, options=WORDS, required=False), None),
        (field(BOXES, options=ready("a"), required=True), ["a"]),
        (field(BOX, default=True), True),
        (field(BOX), False),
    ],
)
def test_left_alone(encoder: InputEncoder, part: dict[str, Any], comes_back: Value) -> None:
    """A field that nobody touches keeps what was in it."""
    assert filled(encoder, part, {}) == comes_back


def test_a_chosen_channel_left_alone(encoder: InputEncoder, study: int) -> None:
    """What is chosen beforehand is resolved as well."""
    part = field(CHANNEL, default_values=[{"id": str(study), "type": "channel"}])
    assert filled(encoder, part, {}) == [str(study)]
    assert encoder.resolved["channels"][str(study)]["name"] == "study"


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        (field(TEXT), "", "Here one writes 1 to 4000 letters."),
        (field(TEXT, min_length=3, required=False), "ab", "Here one writes 3 to 4000 letters."),
        (field(SELECT, options=WORDS), [], "Here one chooses 1."),
        (field(SELECT, options=WORDS), ["a", "b"], "Here one chooses 1."),
        (field(SELECT, options=WORDS), ["d"], "There is no choice d."),
        (field(RADIO, options=WORDS), "d", "There is no choice d."),
        (field(RADIO, options=WORDS, required=True), None, "There is no choice None."),
        (field(BOXES, options=WORDS, required=True), [], "Here one chooses 1 to 3."),
        (field(BOXES, options=WORDS, max_values=2), ["a", "b", "c"], "Here one chooses 1 to 2."),
        (field(CHANNEL), ["1"], "Nobody and nothing here has the id 1."),
    ],
)
def test_filled_in_as_nobody_can(encoder: InputEncoder, part: dict[str, Any], value: Value, said: str) -> None:
    """Discord's own clients would not send it."""
    with pytest.raises(ImpossibleAction, match=said):
        filled(encoder, part, {"it": value})


def test_channels_of_another_kind(encoder: InputEncoder, study: int) -> None:
    """A select for some kinds of channel takes no other."""
    with pytest.raises(ImpossibleAction, match="A channel of this kind cannot be chosen: study."):
        filled(encoder, field(CHANNEL, channel_types=[2]), {"it": [str(study)]})


def test_rows_and_words(encoder: InputEncoder) -> None:
    """Old forms have rows instead of labels; words between the fields come back without their text."""
    row = {"type": 1, "id": 1, "components": [field(TEXT)]}
    words = {"type": 10, "id": 3, "content": "Tell me more."}
    assert encoder.encode_form([row, words], {"it": "x"}) == [
        {"type": 1, "id": 1, "components": [{"type": TEXT, "id": 2, "custom_id": "it", "value": "x"}]},
        {"type": 10, "id": 3},
    ]


def test_nobodys_roles_in_direct_messages(fake_discord: FakeDiscord, alice: Person) -> None:
    """Outside a server there are people and neither roles nor channels."""
    encoder = InputEncoder(fake_discord.backend, user_id=alice.id, channel_id=fake_discord.direct_channel_id(alice))
    assert encoder.encode_choices({"type": 5}, [str(alice.id)]) == [str(alice.id)]
    assert "members" not in encoder.resolved
    with pytest.raises(ImpossibleAction):
        encoder.encode_choices({"type": 6}, [str(fake_discord.ensure_role("Staff"))])
