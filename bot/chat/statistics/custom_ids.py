"""The custom ids of the statistics: the buttons of the periods."""

from bot.chat.ui.custom_ids import custom_id

PERIODS = (7, 28)
"""How many days can be shown."""
PERIOD = custom_id("hb:stats:{days}", days="|".join(map(str, PERIODS)))
