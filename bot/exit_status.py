"""What a process ends with: the same for every command. Loads nothing, because the very first step needs it."""

from typing import Final

DONE: Final = 0
"""Done, or stopped as asked."""
TROUBLE: Final = 1
"""A check found something; or a process failed that a supervisor can start again."""
NOT_DONE: Final = 2
"""Wrong usage or settings, or something else that another try would not change."""

IN_WORDS: Final = (
    f"Exit status: {DONE} done or stopped as asked, {TROUBLE} a check found something, "
    f"{NOT_DONE} not done, wrong usage or settings."
)
