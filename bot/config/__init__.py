"""Settings: the command line, the environment, a TOML file and defaults become one frozen value.

Only the modules that assemble the program import this package. Everything else receives plain values.
"""

from bot.config.field_types import LOOP_OF_PART, Part
from bot.config.load import load_settings, names_no_password, read_database_url
from bot.config.problems import SettingsError
from bot.config.setting_keys import SETTING_KEYS
from bot.config.settings import DiscordSettings, LiveKitSettings, Settings, StoreSettings, WebSettings

__all__ = [
    "LOOP_OF_PART",
    "SETTING_KEYS",
    "DiscordSettings",
    "LiveKitSettings",
    "Part",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "WebSettings",
    "load_settings",
    "names_no_password",
    "read_database_url",
]
