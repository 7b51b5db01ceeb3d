"""What every test shares: the order in which they run."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick ones first, browsers after them, faults last: what is broken shows early."""
    items.sort(
        key=lambda item: (item.get_closest_marker("faults") is not None, item.get_closest_marker("browser") is not None)
    )
