"""The list of subjects as admins type it."""

import pytest

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.subject_list import read_subjects, write_subjects
from bot.domain.server import Subject


def subjects(*names: str, group: str | None = None) -> tuple[Subject, ...]:
    """Subjects of one group."""
    return tuple(Subject(name=name, group=group) for name in names)


SCIENCE = subjects("Physics", "Chemistry", group="Science")
READ = [
    ("Maths", subjects("Maths")),
    ("Maths\nPhysics", subjects("Maths", "Physics")),
    ("Maths, Physics", subjects("Maths", "Physics")),
    ("数学、物理，化学；生物", subjects("数学", "物理", "化学", "生物")),
    ("رياضيات، فيزياء؛ كيمياء", subjects("رياضيات", "فيزياء", "كيمياء")),
    ("Maths\tPhysics\tLaw", subjects("Maths", "Physics", "Law")),
    ("Maths · Physics | Law", subjects("Maths", "Physics", "Law")),
    ("- Maths\n- Physics\n• Law\n* Art", subjects("Maths", "Physics", "Law", "Art")),
    ("2. Weltkrieg\n1. Semester", subjects("2. Weltkrieg", "1. Semester")),
    ("Science: Physics, Chemistry", SCIENCE),
    ("Science：Physics、Chemistry", SCIENCE),
    ("Science:\nPhysics\nChemistry", SCIENCE),
    ("Science:\n- Physics, Chemistry\n\nMaths", (*SCIENCE, *subjects("Maths"))),
    ("Science: Physics, Chemistry\nMaths", (*SCIENCE, *subjects("Maths"))),
    ("Science:\nPhysics\nArts: Music, Drama\nMaths",
     (*subjects("Physics", group="Science"), *subjects("Music", "Drama", group="Arts"), *subjects("Maths"))),
    ("Science: Physics,", subjects("Physics", group="Science")),
    ("C: an introduction", subjects("C: an introduction")),
    ("Exam: Maths\nExam: Physics", subjects("Exam: Maths", "Exam: Physics")),
    ("Maths, Exam: prep, Law", subjects("Maths", "Exam: prep", "Law")),
    ("Exam: Maths: part two, Law", subjects("Maths: part two", "Law", group="Exam")),
    ("9:30 club, Maths", subjects("9:30 club", "Maths")),
    ("  Computer   science \n\n", subjects("Computer science")),
    (": Maths", subjects("Maths")),
    ("Maths\nmaths, Ｍａｔｈｓ, Maths\u200b", subjects("Maths")),
    ("E\u0301conomie\nÉconomie", subjects("Économie")),
    ("papa, papá", subjects("papa", "papá")),
    ("Maths\nAny, Any subject", subjects("Maths")),
    ("Sci\u202eence: Physics, Chem\u200bistry", SCIENCE),
    ("Science: Physics, Any\nscience: Chemistry, Physics", SCIENCE),
    ("Maths\nMa\u034fths\nMa\ufe0fths", subjects("Maths")),
    ("Maths, Physics:\nLaw", subjects("Maths", "Physics", "Law")),
    ("Law | Exam: \nArt", subjects("Law", "Exam", "Art")),
    ("Maths, : Physics, - Law", subjects("Maths", "Physics", "Law")),
    ("Maths\u037e Physics", subjects("Maths", "Physics")),
    ("→ Art\n+ Econ\n☐ Latin\n- [ ] Greek\n[x] Law", subjects("Art", "Econ", "Latin", "Greek", "Law")),
    ("1. Maths\n2. Physics\n3) Chemistry", subjects("Maths", "Physics", "Chemistry")),
    ("1. Maths, 2. Physics", subjects("Maths", "Physics")),
    ("Science:\n1. Physics\n2. Chemistry\n\nArts:\n1. Music",
     (*SCIENCE, *subjects("Music", group="Arts"))),
    ("1. Semester\n2. Semester", subjects("1. Semester", "2. Semester")),
    ("Physics (GCSE, AS), Maths", subjects("Physics (GCSE, AS)", "Maths")),
    ("Science:", ()),
    (":", ()),
    ("", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), READ)
def test_subjects_are_read_line_by_line(text: str, found: tuple[Subject, ...]) -> None:
    """With any separator; a colon makes a group only before a list. Each counts once, and "any" is left out."""
    assert tuple(read_subjects(text)) == found


@pytest.mark.parametrize("found", [found for _, found in READ])
def test_what_was_read_is_written_so_that_it_is_read_again(found: tuple[Subject, ...]) -> None:
    """With blanks where there is room for them, without them where there is none."""
    for max_letters in (MAX_TEXT_INPUT_LETTERS, 0):
        assert set(read_subjects(write_subjects(found, max_letters=max_letters))) == set(found)


def test_a_list_without_room_to_spare_can_be_opened_again() -> None:
    """What was typed into a full form fits into it when it is opened the next time."""
    groups = [f"G{number}:{','.join('s' * length + str(number) for length in range(1, 9))}" for number in range(80)]
    typed = "\n".join(groups)
    written = write_subjects(read_subjects(typed), max_letters=len(typed))
    assert written == typed
