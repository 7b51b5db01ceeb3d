"""Links, addresses, account names and phone numbers in what members write for partners: they are dotted out."""

import re
from typing import Final

DOTS: Final = "•••"
_ENDINGS: Final = "app|at|be|ch|co|com|de|dev|es|eu|fr|gg|info|io|it|link|live|ly|me|nl|org|pl|ru|tv|uk|us|xyz"
"""Endings of addresses that people write without "https". Without `net`, `py` and `js`: those are subjects of study."""
_DETAIL: Final = re.compile(
    rf"""
      [a-z][a-z0-9+.-]*:/{{2,}}\S+                 # a link with its scheme
    | \bwww\.\S+
    | \S+@[\w-]+(?:\.[\w-]+)+                      # a mail address
    | <?@[!&]?[\w.]{{2,}}>?                        # an account, or a mention of one
    | \b[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b(?:/\S*)?   # an address without its scheme
    | \b[\w-]+(?:\.[\w-]+)+/\S+                    # any address with a path
    | \+\d(?:[\s()./-]*\d){{6,}}                   # a phone number with its country
    | \b\d(?:[\s()./-]*\d){{8,}}                   # nine digits or more, however they are grouped
    | \b\d{{7,}}\b                                 # seven in a row
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_contact_details(text: str) -> str:
    """`text` with dots in place of what leads away from the server. Numbers of pages, years and dates stay."""
    return _DETAIL.sub(DOTS, text)
