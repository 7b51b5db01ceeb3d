"""What the README tells people to type is there."""

import re
import subprocess
import sys
from pathlib import Path

import discord

from bot.chat.setup.check import NEEDED

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TOLD = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_invite_link_asks_for_the_permissions_the_bot_needs() -> None:
    """No more and no less than what `/buddy setup` looks for."""
    [asked] = re.findall(r"permissions=(\d+)", README)
    assert discord.Permissions(int(asked)) == discord.Permissions(**dict.fromkeys(NEEDED, True))


def test_every_make_command_is_there() -> None:
    """What the documents name, the Makefile has."""
    assert {*re.findall(r"(?:`|^    )make ([a-z-]+)", TOLD, re.MULTILINE)} <= {
        *re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    }


def test_every_subcommand_is_documented_and_the_reverse() -> None:
    """`heybuddy …` in the README is the command line as it is."""
    asked = [sys.executable, "-m", "bot", "--help"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {*re.findall(r"heybuddy ([a-z]+)", README)} == {*re.findall(r"^  ([a-z]+)  ", told, re.MULTILINE)}


def test_every_link_into_the_tree_leads_somewhere() -> None:
    """Pictures and documents are where they are said to be."""
    local = [path for path in re.findall(r"\]\(([^)]+)\)", TOLD) if "://" not in path]
    assert [path for path in local if not (ROOT / path).exists()] == []
