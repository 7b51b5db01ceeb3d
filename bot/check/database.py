"""Reads a SQLite database and changes nothing: whether its files are there and can be written, version, and damage."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot import store
from bot.check.disk import check_disk
from bot.check.finding import Finding, found_fault, found_well
from bot.check.ownership import describe_write_fault
from bot.file_faults import describe_file_fault, find_obstacle, find_place_fault

SUBJECT: Final = "store.database"
DAMAGE_WITHIN_S: Final = 8.0
_WRONG_INDEX: Final = "an index doesn't match its table"
_REPAIR: Final = "stop `heybuddy run`, then run `heybuddy backup FILE` and `heybuddy restore FILE`, which repairs it"


async def check_database(path: Path) -> Sequence[Finding]:
    """Check the file at `path`, and the disk that it is on. Writes nothing and does not migrate."""
    try:
        return (await _check_place_and_file(path), *check_disk(path))
    except OSError as error:
        return (found_fault(SUBJECT, describe_file_fault(error, path)),)


async def _check_place_and_file(path: Path) -> Finding:
    try:
        store.require_not_lost(path)
        return _check_place(path) or await _check_file(path)
    except store.StoreError as error:
        return found_fault(SUBJECT, str(error))


async def read_note(database: store.Inspector) -> str | None:
    """The room of the last check about which the running service got an event; None if there is none."""
    try:
        return await database.read_installation_value(store.NEWEST_CHECK_ROOM)
    except store.StoreError:
        return None


async def _check_file(path: Path) -> Finding:
    store.require_companions(path)
    inspection = await store.inspect_file(path)
    if fault := describe_version(inspection.version, inspection.wanted) or describe_write_fault(path):
        return found_fault(SUBJECT, fault)
    return await _check_damage(path)


def _check_place(path: Path) -> Finding | None:
    """Whether something is in the way of the file, or it still has to be made."""
    if obstacle := find_obstacle(path):
        return found_fault(SUBJECT, obstacle)
    if path.exists():
        return None
    if fault := find_place_fault(path):
        return found_fault(SUBJECT, fault)
    return found_well(SUBJECT, f"doesn't exist yet; `heybuddy run` will make {path}")


def describe_version(version: int, wanted: int) -> str | None:
    """What is wrong with the version of a schema, and what to do; None if nothing is, or there is no schema yet."""
    if version in {0, wanted}:
        return None
    return f"is version {version}, and this program needs {wanted}: stop `heybuddy run`, run `heybuddy migrate`"


async def _check_damage(path: Path) -> Finding:
    searched = "can be read; too large to be searched for damage"
    try:
        async with asyncio.timeout(DAMAGE_WITHIN_S):
            if damage := await store.find_damage(path):
                return found_fault(
                    SUBJECT, f"is damaged ({damage}): stop `heybuddy run`, then `heybuddy restore FILE` with a backup"
                )
            searched = "its tables are undamaged; too large to be compared with its indexes"
            if wrong_index := await store.find_any_damage(path):
                return found_fault(SUBJECT, f"{_WRONG_INDEX} ({wrong_index}): {_REPAIR}")
    except TimeoutError:
        return found_well(SUBJECT, f"{searched} in {DAMAGE_WITHIN_S:.0f} s")
    return found_well(SUBJECT, "is undamaged and up to date")
