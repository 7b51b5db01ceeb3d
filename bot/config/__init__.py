"""Settings: command line, environment, TOML file and defaults become frozen values; every error at once, by key.

Only the root of the program imports this package. Everybody else is given plain values.
"""

from bot.config.keys import KEYS
from bot.config.load import load
from bot.config.problems import SettingsError
from bot.config.settings import DiscordSettings, LiveKitSettings, Part, Settings, StoreSettings, is_this_machine

__all__ = [
    "KEYS",
    "DiscordSettings",
    "LiveKitSettings",
    "Part",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "is_this_machine",
    "load",
]
