"""What a person sees of a message: its text, its buttons, its link."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simcord import InteractionResult, ResponseMessage

Shown = InteractionResult | ResponseMessage

LINK_BUTTON = 5


def all_components(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All components, nested ones too, in reading order."""
    for component in components:
        yield component
        yield from all_components(component.get("components", ()))
        if "accessory" in component:
            yield component["accessory"]


def all_text(components: Sequence[Mapping[str, Any]]) -> str:
    """The text of all components."""
    return "\n".join(part["content"] for part in all_components(components) if "content" in part)


def custom_id_in(components: Sequence[Mapping[str, Any]], beginning: str) -> str:
    """The custom id with this beginning."""
    ids = [str(part["custom_id"]) for part in all_components(components) if "custom_id" in part]
    return next(custom_id for custom_id in ids if custom_id.startswith(beginning))


def link_in(components: Sequence[Mapping[str, Any]]) -> str | None:
    """The address of the link button, if there is one."""
    return next((str(part["url"]) for part in all_components(components) if part.get("style") == LINK_BUTTON), None)


def text_of(shown: Shown) -> str:
    """All text of a message."""
    return all_text(_components(shown))


def labels_of(shown: Shown) -> list[str]:
    """The labels of the buttons that can be pressed, in order."""
    enabled = [part for part in all_components(_components(shown)) if not part.get("disabled")]
    return [part["label"] for part in enabled if part.get("label")]


def link_of(shown: Shown) -> str | None:
    """The address of the message's link button, if there is one."""
    return link_in(_components(shown))


def custom_id_of(shown: Shown, beginning: str) -> str:
    """The custom id in the message with this beginning."""
    return custom_id_in(_components(shown), beginning)


def custom_ids_of(shown: Shown) -> list[str]:
    """All custom ids in the message."""
    return [str(part["custom_id"]) for part in all_components(_components(shown)) if "custom_id" in part]


def message_of(shown: InteractionResult) -> ResponseMessage:
    """The message that answered an interaction."""
    assert shown.response is not None, "nothing was answered"
    return shown.response


def _components(shown: Shown) -> Sequence[Mapping[str, Any]]:
    return (message_of(shown) if isinstance(shown, InteractionResult) else shown).components
