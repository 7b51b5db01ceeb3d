"""Every kind of form field: filled in, untouched, and with values that Discord refuses."""

from typing import Any

import discord
import pytest

from bot.sandbox.discord.attachments import ChosenFile
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_input import ImpossibleAction, InputEncoder, Value

OPTIONS = [{"label": word, "value": word} for word in ("a", "b", "c")]


def field(kind: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": 2, "custom_id": "it", **more}


def preselected(word: str) -> list[dict[str, Any]]:
    """The options, with one of them preselected."""
    return [{**option, "default": option["value"] == word} for option in OPTIONS]


FEW_LETTERS = {"min_length": 1, "max_length": 5}
TEXT, SELECT, CHANNEL, FILE, RADIO, BOXES, BOX = 4, 3, 8, 19, 21, 22, 23


@pytest.fixture
def encoder(fake_discord: FakeDiscord, study: int, alice: Person) -> InputEncoder:
    return InputEncoder(fake_discord.backend, user_id=alice.id, channel_id=study)


def encode_field(encoder: InputEncoder, part: dict[str, Any], values: dict[str, Value]) -> Any:
    """The encoded value of one field under a label."""
    [label] = encoder.encode_form([{"type": 18, "id": 1, "label": "Label", "component": part}], values)
    assert (label["type"], label["id"]) == (18, 1)
    inner = label["component"]
    assert (inner["type"], inner["id"], inner["custom_id"]) == (part["type"], 2, "it")
    return inner.get("value", inner.get("values"))


@pytest.mark.parametrize(
    ("part", "value", "encoded"),
    [
        (field(TEXT), "words", "words"),
        (field(TEXT, required=False), "", ""),
        (field(SELECT, options=OPTIONS), ["b"], ["b"]),
        (field(SELECT, options=OPTIONS, required=False), [], []),
        (field(SELECT, options=OPTIONS, min_values=0, max_values=3), ["a", "c"], ["a", "c"]),
        (field(RADIO, options=OPTIONS), "b", "b"),
        (field(BOXES, options=OPTIONS), ["a", "b", "c"], ["a", "b", "c"]),
        (field(BOXES, options=OPTIONS), [], []),
        (field(BOX), True, True),
        (field(FILE, required=False), [], []),
    ],
)
def test_filled_fields(encoder: InputEncoder, part: dict[str, Any], value: Value, encoded: Value) -> None:
    """A value is encoded as its kind of field requires."""
    assert encode_field(encoder, part, {"it": value}) == encoded


@pytest.mark.parametrize(
    ("part", "count", "is_possible"),
    [
        (field(FILE), 1, True),
        (field(FILE, max_values=3), 3, True),
        (field(FILE, min_values=0, required=False), 0, True),
        (field(FILE), 0, False),
        (field(FILE), 2, False),
        (field(FILE, min_values=2, max_values=3), 1, False),
    ],
)
def test_files(encoder: InputEncoder, part: dict[str, Any], count: int, *, is_possible: bool) -> None:
    """As many as the field takes are uploaded, and the bot gets their ids and addresses."""
    chosen = [ChosenFile(filename=f"{n}.png", data=b"picture") for n in range(count)]
    if not is_possible:
        with pytest.raises(ImpossibleAction, match="Choose "):
            encode_field(encoder, part, {"it": chosen})
        assert encoder.resolved == {}
        return
    ids = encode_field(encoder, part, {"it": chosen})
    stored = encoder.resolved.get("attachments", {})
    assert ids == list(stored)
    assert [(each["filename"], each["size"]) for each in stored.values()] == [(f"{n}.png", 7) for n in range(count)]


def test_chosen_channels_tell_the_permissions_of_presser_and_bot(
    fake_discord: FakeDiscord, encoder: InputEncoder, study: int
) -> None:
    """Those that roles and overwrites grant, though the bot can do nothing where it cannot view; no overwrites."""
    fake_discord.deny_bot(study, discord.Permissions(view_channel=True))
    encode_field(encoder, field(CHANNEL), {"it": [str(study)]})
    chosen, backend = encoder.resolved["channels"][str(study)], fake_discord.backend
    assert "permission_overwrites" not in chosen
    granted = discord.Permissions(int(chosen["app_permissions"]))
    assert (granted.view_channel, granted.send_messages) == (False, True)
    assert discord.Permissions(int(chosen["permissions"])).view_channel
    denied = discord.Permissions(backend.compute_permissions(fake_discord.guild_id, backend.bot_user.id, study))
    assert not denied.send_messages


@pytest.mark.parametrize(
    ("part", "encoded"),
    [
        (field(TEXT, value="before"), "before"),
        (field(TEXT, required=False), ""),
        (field(SELECT, options=preselected("c")), ["c"]),
        (field(RADIO, options=preselected("c")), "c"),
        (field(RADIO, options=OPTIONS, required=False), None),
        (field(BOXES, options=preselected("a"), required=True), ["a"]),
        (field(BOX, default=True), True),
        (field(BOX), False),
    ],
)
def test_untouched_fields(encoder: InputEncoder, part: dict[str, Any], encoded: Value) -> None:
    """An untouched field keeps its default."""
    assert encode_field(encoder, part, {}) == encoded


def test_an_untouched_channel_is_resolved(encoder: InputEncoder, study: int) -> None:
    """A preselected channel is resolved as well."""
    part = field(CHANNEL, default_values=[{"id": str(study), "type": "channel"}])
    assert encode_field(encoder, part, {}) == [str(study)]
    assert encoder.resolved["channels"][str(study)]["name"] == "study"


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        (field(TEXT), "", "Write 1 to 4000 letters here."),
        (field(TEXT, min_length=3, required=False), "ab", "Write 3 to 4000 letters here."),
        (field(SELECT, options=OPTIONS), [], "Choose 1 here."),
        (field(SELECT, options=OPTIONS), ["a", "b"], "Choose 1 here."),
        (field(SELECT, options=OPTIONS), ["d"], "There's no choice d."),
        (field(RADIO, options=OPTIONS), "d", "There's no choice d."),
        (field(RADIO, options=OPTIONS, required=True), None, "There's no choice None."),
        (field(BOXES, options=OPTIONS, required=True), [], "Choose 1 to 3 here."),
        (field(BOXES, options=OPTIONS, max_values=2), ["a", "b", "c"], "Choose 1 to 2 here."),
        (field(CHANNEL), ["1"], "Nobody and nothing here has the ID 1."),
    ],
)
def test_refused_values(encoder: InputEncoder, part: dict[str, Any], value: Value, text: str) -> None:
    """Values that Discord's own clients refuse are refused with a reason."""
    with pytest.raises(ImpossibleAction, match=text):
        encode_field(encoder, part, {"it": value})


@pytest.mark.parametrize("typed", ["", "Physics"])
def test_an_option_of_a_wrong_length_is_refused_by_its_name(encoder: InputEncoder, typed: str) -> None:
    """In words for the person who typed it."""
    command = {"name": "now", "options": [{"type": 3, "name": "subject", "description": "what", **FEW_LETTERS}]}
    with pytest.raises(ImpossibleAction, match=r"^subject takes 1 to 5 letters\.$"):
        encoder.encode_options(command, {"subject": typed}, finished=True)


def test_channels_of_another_type(encoder: InputEncoder, study: int) -> None:
    """A select for some types of channel accepts no others."""
    with pytest.raises(ImpossibleAction, match="A channel of this kind can't be chosen: study."):
        encode_field(encoder, field(CHANNEL, channel_types=[2]), {"it": [str(study)]})


def test_rows_and_text(encoder: InputEncoder) -> None:
    """Older forms have rows instead of labels; text between fields is encoded without its content."""
    row = {"type": 1, "id": 1, "components": [field(TEXT)]}
    words = {"type": 10, "id": 3, "content": "Tell me more."}
    assert encoder.encode_form([row, words], {"it": "x"}) == [
        {"type": 1, "id": 1, "components": [{"type": TEXT, "id": 2, "custom_id": "it", "value": "x"}]},
        {"type": 10, "id": 3},
    ]


def test_no_roles_in_direct_messages(fake_discord: FakeDiscord, alice: Person) -> None:
    """In direct messages there are users, but no members and no roles."""
    encoder = InputEncoder(fake_discord.backend, user_id=alice.id, channel_id=fake_discord.direct_channel_id(alice))
    assert encoder.encode_choices({"type": 5}, [str(alice.id)]) == [str(alice.id)]
    assert "members" not in encoder.resolved
    with pytest.raises(ImpossibleAction):
        encoder.encode_choices({"type": 6}, [str(fake_discord.ensure_role("Staff"))])
