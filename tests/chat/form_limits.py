"""Servers with the most and the least that can be set up, and what Discord accepts of a form."""

import discord

from bot.domain.server import Server, Subject

LARGEST_ID = 2**64 - 1
BIG_SERVER = Server(
    server_id=LARGEST_ID,
    name="Big",
    subjects=tuple(Subject(name=f"{number:03} {'x' * 36}") for number in range(90)),
    lengths=(25, 50, 75),
    languages=("en",),
    version=999_999,
)
SMALL_SERVER = Server(server_id=1, name="Small", subjects=(Subject(name="Maths"),), lengths=(25,))


def assert_form_fits(modal: discord.ui.Modal) -> None:
    """Titles and labels at most 45 letters, help at most 100, at most 25 options and 4,000 letters of text."""
    form = modal.to_dict()
    assert len(form["title"]) <= 45
    assert 1 <= len(form["components"]) <= 5
    for label in form["components"]:
        assert len(label["label"]) <= 45
        assert len(label.get("description", "")) <= 100
        assert len(label["component"].get("options", [])) <= 25
        assert len(label["component"].get("value", "")) <= 4000
