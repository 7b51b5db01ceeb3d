"""Opens stores as the tests do, which all have the same privacy key."""

from functools import partial
from typing import Final

from bot import store

PRIVACY_KEY: Final = b"a key that tests may know, and no one else has"

OPERATOR: Final = 99
"""The safety contact."""

open_store: Final = partial(store.open_store, privacy_key=PRIVACY_KEY, safety_contact=OPERATOR)
"""`bot.store.open_store` with PRIVACY_KEY and OPERATOR."""
