"""The web part that the checks look at."""

from tests.web.conftest import rooms, web_part

__all__ = ["rooms", "web_part"]
