"""Reads the database and changes nothing: its version, damage, and what the running processes say of themselves."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from bot import store
from bot.check.finding import Finding, found_fault, found_well
from bot.check.ownership import describe_write_fault
from bot.check.processes import describe_processes

SUBJECT: Final = "store.database"
DAMAGE_WITHIN_S: Final = 8.0


async def check_database(path: Path, now: datetime) -> Sequence[Finding]:
    """Check the file at `path`, and the processes that use it. Writes nothing and does not migrate."""
    try:
        if missing := _check_missing_file(path):
            return (missing,)
        inspection = await store.inspect_file(path)
        if fault := _describe_version(inspection) or describe_write_fault(path):
            return (found_fault(SUBJECT, fault),)
        return (await _check_damage(path), *describe_processes(inspection, now))
    except store.StoreError as error:
        return (found_fault(SUBJECT, str(error)),)
    except OSError as error:
        return (found_fault(SUBJECT, f"{path} cannot be reached: {error.strerror}"),)


async def read_note(path: Path) -> str | None:
    """The room of the last check about which the running service got an event; None if there is none."""
    try:
        return await store.read_installation_value(path, store.NEWEST_CHECK_ROOM)
    except store.StoreError:
        return None


def _check_missing_file(path: Path) -> Finding | None:
    """Whether the file can be made, if it does not exist."""
    if path.exists():
        return None
    folder = path.absolute().parent
    if not folder.is_dir():
        return found_fault(SUBJECT, f"the folder {folder} does not exist: make it, or correct store.database")
    if not os.access(folder, os.W_OK | os.X_OK):
        return found_fault(SUBJECT, f"this user cannot write into the folder {folder}: change its owner, or its place")
    return found_well(SUBJECT, "does not exist yet; `heybuddy run` will make it")


def _describe_version(inspection: store.Inspection) -> str | None:
    if inspection.version in {0, inspection.wanted}:
        return None
    return (
        f"is version {inspection.version}, and this program wants {inspection.wanted}: stop `heybuddy run`, "
        "run `heybuddy migrate`"
    )


async def _check_damage(path: Path) -> Finding:
    try:
        async with asyncio.timeout(DAMAGE_WITHIN_S):
            damage = await store.find_damage(path)
    except TimeoutError:
        return found_well(SUBJECT, f"can be read; too large to be searched for damage in {DAMAGE_WITHIN_S:.0f} s")
    if damage:
        return found_fault(
            SUBJECT, f"is damaged ({damage}): stop `heybuddy run`, then `heybuddy restore FILE` with a backup"
        )
    return found_well(SUBJECT, "is undamaged and up to date")
