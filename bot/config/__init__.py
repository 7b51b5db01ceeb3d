"""Settings: command line, environment, TOML file and defaults become frozen values; every error at once, by key.

Only the root of the program imports this package. Everybody else is given plain values.
"""

from bot.config.keys import KEYS, Key
from bot.config.load import load
from bot.config.problems import Problem, SettingsError
from bot.config.settings import (
    DiscordSettings,
    LiveKitSettings,
    LogSettings,
    MatchingSettings,
    Part,
    Settings,
    StoreSettings,
    WebSettings,
)
from bot.config.values import is_this_machine

__all__ = [
    "KEYS",
    "DiscordSettings",
    "Key",
    "LiveKitSettings",
    "LogSettings",
    "MatchingSettings",
    "Part",
    "Problem",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "WebSettings",
    "is_this_machine",
    "load",
]
