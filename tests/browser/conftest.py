"""Every test with a browser waits as long as others do: what must happen may take a busy machine a while."""

from playwright.async_api import expect

from tests.polling import TIMEOUT


def pytest_configure() -> None:
    """Set Playwright's patience, which is five seconds otherwise."""
    expect.set_options(timeout=TIMEOUT * 1000)
