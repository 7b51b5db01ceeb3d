"""Everything that the documents tell people to type exists."""

import re
import subprocess
import sys
from pathlib import Path

import discord

from bot.chat.setup.checks.channels import NEEDED_PERMISSIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
DOCUMENTS = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_invite_link_asks_for_the_permissions_the_bot_needs() -> None:
    """They are the permissions that `/buddy setup` checks."""
    [permissions] = re.findall(r"permissions=(\d+)", README)
    assert discord.Permissions(int(permissions)) == discord.Permissions(**dict.fromkeys(NEEDED_PERMISSIONS, True))


def test_every_make_command_is_there() -> None:
    """The Makefile has every target that the documents name."""
    assert {*re.findall(r"(?:`|^    )make ([a-z-]+)", DOCUMENTS, re.MULTILINE)} <= {
        *re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    }


def test_every_subcommand_is_documented_and_the_reverse() -> None:
    """`heybuddy …` in the documents for operators is the command line as it is."""
    command = [sys.executable, "-m", "bot", "--help"]
    help_text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = re.findall(r"(?:`|^    |/|: )heybuddy ([a-z]+(?:-[a-z]+)*)", README + HOSTING, re.MULTILINE)
    assert {*named} == {*re.findall(r"^  ([a-z][a-z-]*)  ", help_text, re.MULTILINE)}


def test_every_link_into_the_tree_leads_somewhere() -> None:
    """Every relative link points to a file."""
    local = [path for path in re.findall(r"\]\(([^)]+)\)", DOCUMENTS) if "://" not in path]
    assert [path for path in local if not (ROOT / path).exists()] == []
