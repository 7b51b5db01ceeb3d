"""Stand-ins are the same each time, different for everybody, and no ids."""

from bot.domain.stand_in import stand_in_for

KEY = b"k" * 32


def test_a_stand_in_stays_the_same() -> None:
    """What was stored under it years ago is found; another key would make another one."""
    assert stand_in_for(KEY, 80351110224678912) == -9146708649928874683
    assert stand_in_for(b"l" * 32, 80351110224678912) != stand_in_for(KEY, 80351110224678912)


def test_a_stand_in_is_nobodys_id() -> None:
    """All are different, negative, and fit into a column of 64 bits."""
    stand_ins = {stand_in_for(KEY, member_id) for member_id in range(10_000)}
    assert len(stand_ins) == 10_000
    assert all(-(2**63) <= each < 0 for each in stand_ins)
