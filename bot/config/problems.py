"""What is wrong with the settings: one problem per key, with what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class SettingsProblem:
    """One setting with an unusable value. `message` tells what to write instead and never contains a secret.

    `meant` is the setting's key, if `key` is a wrong spelling of it: what it was given is then not missing.
    """

    key: str
    message: str
    meant: str | None = None

    def found(self, origin: str | None) -> "SettingsProblem":
        """The same problem with `origin`, which says where the value was written; None if that says itself."""
        return replace(self, message=f"{self.message} ({origin})") if origin else self

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"


class SettingsError(Exception):
    """The settings cannot be used: one problem per line."""

    def __init__(self, problems: Iterable[SettingsProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
