"""What a person sees of a message: its words, its buttons, its link."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simcord import InteractionResult, ResponseMessage

Shown = InteractionResult | ResponseMessage

LINK_BUTTON = 5


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All components, those inside others too, in the order in which they are read."""
    for component in components:
        yield component
        yield from walk(component.get("components", ()))
        if "accessory" in component:
            yield component["accessory"]


def words(shown: Shown) -> str:
    """All text of a message."""
    return "\n".join(part["content"] for part in walk(_components(shown)) if "content" in part)


def labels(shown: Shown) -> list[str]:
    """The buttons' words in their order; a disabled one is not there to press."""
    return [part["label"] for part in walk(_components(shown)) if part.get("label") and not part.get("disabled")]


def link(shown: Shown) -> str | None:
    """The address behind the link button, if there is one."""
    return next((part["url"] for part in walk(_components(shown)) if part.get("style") == LINK_BUTTON), None)


def custom_id(shown: Shown, beginning: str) -> str:
    """The id that begins so."""
    ids = [str(part["custom_id"]) for part in walk(_components(shown)) if "custom_id" in part]
    return next(found for found in ids if found.startswith(beginning))


def message(shown: InteractionResult) -> ResponseMessage:
    """The answer that an interaction got."""
    assert shown.response is not None, "nothing was answered"
    return shown.response


def _components(shown: Shown) -> Sequence[Mapping[str, Any]]:
    return (message(shown) if isinstance(shown, InteractionResult) else shown).components
