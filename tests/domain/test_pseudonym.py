"""Pseudonyms are the same each time, different for everybody, and no ids."""

from bot.domain.pseudonym import pseudonym_of

KEY = b"k" * 32


def test_a_pseudonym_stays_the_same() -> None:
    """What was stored under it years ago is found; another key would make another one."""
    assert pseudonym_of(KEY, 80351110224678912) == -9146708649928874683
    assert pseudonym_of(b"l" * 32, 80351110224678912) != pseudonym_of(KEY, 80351110224678912)


def test_a_pseudonym_is_nobodys_id() -> None:
    """All are different, negative, and fit into a column of 64 bits."""
    pseudonyms = {pseudonym_of(KEY, member_id) for member_id in range(10_000)}
    assert len(pseudonyms) == 10_000
    assert all(-(2**63) <= each < 0 for each in pseudonyms)
