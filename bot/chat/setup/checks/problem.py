"""One thing that is wrong, where an admin mends it, and its sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.chat.setup.checks.operator_texts import OPERATOR_CODES, sentence_for_admins
from bot.chat.setup.steps import Step
from bot.words import Words

CHANNEL_GONE = "gone"
STAFF_CHANNEL_GONE = "staff_gone"
ROLE_GONE = "role_gone"
AGE_ROLE_GONE = "age_role_gone"
READER_GONE = "reader_gone"
PANEL_GONE = "panel_gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupProblem:
    """One thing that is wrong: `code` names its sentences. With `stops` the panel cannot be posted until it is mended.

    `permission` is one that we lack in a channel, and `cause` says what denies it: then the sentences go on with both.
    `step`: where in setup it is shown.
    """

    code: str
    step: Step
    stops: bool = True
    permission: str = ""
    cause: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def problem_text(words: Words, problem: SetupProblem) -> str:
    """What is wrong, what decides it, and what mends it."""
    if problem.code in OPERATOR_CODES:
        return sentence_for_admins(words, problem.code, **problem.values)
    sentences = [words(f"chat.check.{problem.code}", **problem.values)]
    if problem.permission:
        name = words(f"chat.check.permission.{problem.permission}")
        sentences += [
            words(f"chat.check.cause.{problem.cause}", **problem.values),
            words("chat.check.allow", permission=name),
        ]
    return " ".join(sentences)


def most_important_first(problems: Sequence[SetupProblem]) -> Sequence[SetupProblem]:
    """What stops pairing before what only disturbs; otherwise in the same order."""
    return sorted(problems, key=lambda problem: not problem.stops)


def has_problem(problems: Sequence[SetupProblem], *codes: str) -> bool:
    """Whether one of `codes` is among the problems."""
    return any(problem.code in codes for problem in problems)
