"""The wishes that are chosen from a fixed list: one table for the command's choices, the form, the card and the parser.

A new one needs an entry here, an option of `/study now`, a field of `Wishes`, and its texts: `chat.options.NAME`,
`chat.choices.NAME`, `chat.NAME` for the card, and `chat.wishes.NAME` or, in a shared field, `chat.wishes.choices.NAME`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.ticket import ANY, USUAL_LENGTHS, Camera, Level, Style, Wishes

Choice = Style | Camera | Level | None
SHARED_FIELD = "manner"
LENGTHS_EXAMPLE = ",".join(map(str, USUAL_LENGTHS))
"""How several lengths are typed, for texts that explain the option."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceOption:
    """One such wish. `name` is its name in `/study now`, the form, `Wishes` and the catalogue.

    `choices` are in display order; the last one, ANY or None, means no preference. The form has room for five fields,
    so options may share one, `form_field`: there, choosing none or several of an option means no preference.
    """

    name: str
    choices: tuple[Choice, ...]
    form_field: str | None = None
    any_first_in_form: bool = False

    @property
    def codes(self) -> Sequence[str]:
        """The codes of the choices, in order, `any` last."""
        return [_code(choice) for choice in self.choices]

    @property
    def form_codes(self) -> Sequence[str]:
        """The codes in the order in which the form lists them."""
        *codes, no_preference = self.codes
        return [no_preference, *codes] if self.any_first_in_form else [*codes, no_preference]

    def code_in(self, wishes: Wishes) -> str:
        """The code of the choice made in `wishes`."""
        return _code(getattr(wishes, self.name))

    def choice_of(self, code: str) -> Choice:
        """The choice with this code. Raises ValueError if there is none."""
        return self.choices[self.codes.index(code)]


CHOICE_OPTIONS = (
    ChoiceOption(name="style", choices=(Style.QUIET, Style.TALK, Style.ANY), form_field=SHARED_FIELD),
    ChoiceOption(name="camera", choices=(Camera.OFF, Camera.ON, Camera.ANY), form_field=SHARED_FIELD),
    ChoiceOption(
        name="level",
        choices=(Level.BEGINNER, Level.INTERMEDIATE, Level.ADVANCED, None),
        any_first_in_form=True,
    ),
)


def chosen_codes(given: Mapping[str, str | None]) -> Mapping[str, str]:
    """The codes by name, of those values that belong to a choice option and were given."""
    names = {option.name for option in CHOICE_OPTIONS}
    return {name: code for name, code in given.items() if name in names and code}


def _code(choice: Choice) -> str:
    return ANY if choice is None else choice.name.lower()
