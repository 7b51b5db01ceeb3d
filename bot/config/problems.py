"""What is wrong with a setting: by its key, with what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SettingsProblem:
    """One setting that cannot stand. `said` is a sentence that tells what to write instead, without any secret."""

    key: str
    said: str

    def __str__(self) -> str:
        return f"{self.key}: {self.said}"


class SettingsError(Exception):
    """The settings cannot be used: one problem a line."""

    def __init__(self, problems: Iterable[SettingsProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
