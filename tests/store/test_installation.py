"""Single values of the installation."""

from tests.store.scenario import Scenario


async def test_the_newer_value_replaces_the_older(scenario: Scenario) -> None:
    """A name without a value is None."""
    assert await scenario.store.installation.get("commands") is None
    for value in ("a", "b"):
        await scenario.store.installation.set("commands", value)
    assert await scenario.store.installation.get("commands") == "b"
