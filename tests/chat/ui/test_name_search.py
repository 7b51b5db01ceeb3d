"""Finding the name that somebody meant."""

from time import process_time

import pytest

from bot.chat.ui.name_search import find_names, matching_names, nearest_names

SUBJECTS = (
    "Maths",
    "Physics",
    "Biology",
    "Biochemistry",
    "Computer science",
    "Economics",
    "Exam practice",
    "Go",
    "C",
    "C++",
)
OTHERS = ("Résumé", "Resume", "数学", "数学分析", "物理", "العربية", "Économie", "Data science", "Art", "Art history")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("maths", ["Maths"]),
        ("math", ["Maths"]),
        ("phys", ["Physics"]),
        ("PHYSICS.", ["Physics"]),
        ("“physics”", ["Physics"]),
        ("Ｐｈｙｓ", ["Physics"]),
        ("bio", ["Biology", "Biochemistry"]),
        ("biol", ["Biology"]),
        ("computer-science", ["Computer science"]),
        ("c", ["C"]),
        ("c++", ["C++"]),
        ("go", ["Go"]),
        ("e", []),
        ("ec", []),
        ("cs", []),
        ("", []),
        (".", []),
        ("Physics club", []),
    ],
)
def test_a_spelling_or_a_beginning_stands_for_the_name(typed: str, names: list[str]) -> None:
    """The name itself, those that begin with it, words that do, abbreviations, parts; similar ones if none fits."""
    assert find_names(typed, SUBJECTS) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("resume", ["Resume"]),
        ("résumé", ["Résumé"]),
        ("re\u0301sume\u0301", ["Résumé"]),
        ("resum", ["Résumé", "Resume"]),
        ("数学", ["数学"]),
        ("数", ["数学", "数学分析"]),
        ("economie", ["Économie"]),
        ("art", ["Art"]),
        ("العربية", ["العربية"]),
    ],
)
def test_the_closest_spelling_comes_first(typed: str, names: list[str]) -> None:
    """Names that differ only by accents are told apart as long as the accents are typed."""
    assert find_names(typed, OTHERS) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("pyhsics", ["Physics"]),
        ("Phisics", ["Physics"]),
        ("Mathematics", ["Maths"]),
        ("Mathematik", ["Maths"]),
        ("econ 101", ["Economics"]),
        ("CS", ["Computer science"]),
        ("compsci", ["Computer science"]),
        ("comp sci", ["Computer science"]),
        ("computerscience", ["Computer science"]),
        ("science", ["Computer science"]),
        ("chemistry", ["Biochemistry"]),
        ("bio", ["Biology", "Biochemistry"]),
        ("Maths, Physics", ["Maths", "Physics"]),
        ("astrology", []),
        ("", []),
        ("?", []),
    ],
)
def test_the_nearest_names_are_offered(typed: str, names: list[str]) -> None:
    """Misspelt ones, abbreviations, and those with a part of it; nothing for what has nothing in common."""
    assert nearest_names(typed, SUBJECTS) == names


@pytest.mark.parametrize(
    ("typed", "names", "found"),
    [
        ("c", ["C++", "C#", "Chemistry"], ["C++", "C#", "Chemistry"]),
        ("c", ["C++", "Physics"], []),
        ("c", ["C#", "Physics"], ["C#"]),
        ("数", ["数学", "物理"], ["数学"]),
    ],
)
def test_a_short_beginning_chooses_nothing_that_others_share(typed: str, names: list[str], found: list[str]) -> None:
    """Half of a short name is clear only if no other name begins so."""
    assert find_names(typed, names) == found


def test_a_part_of_one_name_does_not_hide_a_similar_one() -> None:
    """The word "maths" stands in one subject and is near another; while somebody types, too."""
    names = ["Exam: Maths", "Mathematics", "Physics"]
    assert nearest_names("maths", names) == matching_names("maths", names) == names[:2]


def test_only_a_few_are_offered() -> None:
    """A sentence with more names would be a list."""
    assert len(nearest_names("subject", [f"Subject {number}" for number in range(10)])) == 3


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", list(SUBJECTS)),
        (" . ", list(SUBJECTS)),
        ("c", ["C", "Computer science", "C++", "Physics", "Biochemistry", "Economics", "Exam practice"]),
        ("CS", ["Computer science", "Physics", "Economics"]),
        ("SCI", ["Computer science"]),
        ("phisics", ["Physics"]),
        ("quantum", []),
    ],
)
def test_names_are_narrowed_while_somebody_types(typed: str, names: list[str]) -> None:
    """The name itself, those that begin with it, words that do, abbreviations, parts; similar ones if none fits."""
    assert list(matching_names(typed, SUBJECTS)) == names


def test_a_text_as_long_as_discord_sends_costs_little() -> None:
    """Nobody can hold up the others with a long text, whatever the names are like; it means none of them."""
    names = [f"{'aaaa ' * 7}{number}" for number in range(100)]
    started = process_time()
    assert find_names("a" * 6000, names) == []
    nearest_names("a" * 6000, names)
    matching_names("a" * 6000, names)
    assert process_time() - started < 1  # a second; it takes a tenth
