"""The custom ids of the buttons on a match's card."""

from bot.chat.ui.custom_ids import custom_id

DECLINE = custom_id("hb:decline:{seat}", seat=r"[\w-]{1,40}")
NEW_LINK = custom_id("hb:link")
