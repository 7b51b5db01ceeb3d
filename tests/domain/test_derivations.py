"""Everything derived from a key: links, cookies, further keys; and what is stored of them."""

from datetime import timedelta

import pytest

from bot.domain.browser_session import cookie_secret
from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.invitation import digest, link_token
from bot.domain.room import NAME_BYTES, room_name
from bot.domain.ticket import PATIENCE_AT_LEAST, requeued_ticket
from tests.clocks import START
from tests.matching.sample_tickets import ticket

KEY = b"k" * 32


def test_links_are_unique_and_do_not_reveal_their_ids() -> None:
    """A hundred thousand links: all different, 43 letters each, and none stored in plain text."""
    tokens = {link_token(KEY, str(number)) for number in range(100_000)}
    assert len(tokens) == 100_000
    assert {len(token) for token in tokens} == {43}
    assert digest(link_token(KEY, "1")) != link_token(KEY, "1").encode()


def test_every_attempt_sends_the_same_link() -> None:
    """The token depends on key and id only; another key gives another token."""
    assert link_token(KEY, "id") == link_token(KEY, "id") != link_token(b"x" * 32, "id")


def test_a_cookie_belongs_to_one_attempt_at_one_link() -> None:
    """The same for each repeat, another for another attempt or link, even with unusual attempt ids."""
    assert cookie_secret(KEY, "id", "a") == cookie_secret(KEY, "id", "a")
    others = {cookie_secret(KEY, "id", "b"), cookie_secret(KEY, "other", "a"), cookie_secret(KEY, "id", "\ud800")}
    assert len({cookie_secret(KEY, "id", "a")} | others) == 4


def test_each_purpose_has_its_key() -> None:
    """No two purposes share one, and none is the secret."""
    keys = {derive_key(b"secret", purpose) for purpose in KeyPurpose}
    assert len(keys | {b"secret"}) == len(KeyPurpose) + 1


def test_a_room_has_a_name_of_192_bits() -> None:
    """The whole name is random."""
    assert len(room_name(bytes(NAME_BYTES))) == 32
    assert room_name(bytes(NAME_BYTES)) != room_name(bytes([1] * NAME_BYTES))


@pytest.mark.parametrize(
    ("waited", "left"), [(timedelta(minutes=2), timedelta(minutes=12)), (timedelta(minutes=13), PATIENCE_AT_LEAST)]
)
def test_a_requeued_ticket_keeps_its_waiting_time(waited: timedelta, left: timedelta) -> None:
    """The ticket is at the front, with its original start and the patience that was left, at least five minutes."""
    spent, now = ticket(1), START + timedelta(minutes=20)
    again = requeued_ticket(spent, new_id="new", matched_at=START + waited, now=now)
    assert (again.front, again.waiting_since, again.expires_at) == (True, spent.waiting_since, now + left)
