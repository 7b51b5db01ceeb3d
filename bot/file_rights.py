"""The rights of files that hold secrets or members' data."""

import stat
from typing import Final

OWNER_ONLY: Final = stat.S_IRUSR | stat.S_IWUSR
GROUP_AND_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
