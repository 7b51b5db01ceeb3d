"""Report tokens: each speaks for one seat, and nobody makes one without the key."""

import pytest

from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.report_token import find_seat_id, report_token

KEY = derive_key(b"s" * 32, KeyPurpose.REPORT)
SEAT, OTHER = "A" * 22, "B" * 22


def test_a_token_leads_to_its_seat() -> None:
    """It is the same whenever it is made, and short enough for a field of a request."""
    token = report_token(KEY, SEAT)
    assert find_seat_id(KEY, token) == SEAT
    assert token == report_token(KEY, SEAT)
    assert len(token) == 66


SIGNATURE = report_token(KEY, SEAT).partition(".")[2]
WRONG = {
    "nothing": "",
    "a seat alone": SEAT,
    "no signature": f"{SEAT}.",
    "another seat's signature": f"{OTHER}.{SIGNATURE}",
    "no seat": f".{SIGNATURE}",
    "a letter missing": f"{SEAT}.{SIGNATURE[:-1]}",
    "a letter more": f"{SEAT}.{SIGNATURE}A",
    "another spelling of the same bytes": f"{SEAT}.{SIGNATURE}=",
    "no text of ours": f"{SEAT}.é\ud800\x00",
    "of another installation": report_token(derive_key(b"x" * 32, KeyPurpose.REPORT), SEAT),
    "made with the key of links": report_token(derive_key(b"s" * 32, KeyPurpose.LINK), SEAT),
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG)
def test_wrong_tokens(token: str) -> None:
    """They lead to no seat."""
    assert find_seat_id(KEY, token) is None
