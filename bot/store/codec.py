"""Values of the rules as the text the store holds, and back."""

import json

from bot.domain.ticket import Camera, Level, Style, Wishes


def to_json(value: object) -> str:
    """Compact JSON, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def dump_wishes(wishes: Wishes) -> str:
    """Wishes as JSON text."""
    return to_json(
        {
            "subject": wishes.subject,
            "subject_group": wishes.subject_group,
            "level": wishes.level,
            "style": wishes.style,
            "camera": wishes.camera,
            "lengths": wishes.lengths,
            "languages": wishes.languages,
        }
    )


def load_wishes(text: str) -> Wishes:
    """Wishes from the text of `dump_wishes`."""
    stored = json.loads(text)
    return Wishes(
        subject=stored["subject"],
        subject_group=stored["subject_group"],
        level=None if stored["level"] is None else Level(stored["level"]),
        style=Style(stored["style"]),
        camera=Camera(stored["camera"]),
        lengths=tuple(stored["lengths"]),
        languages=tuple(stored["languages"]),
    )
