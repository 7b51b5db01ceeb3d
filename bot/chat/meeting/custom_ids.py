"""The custom ids of the buttons on a match's card."""

from bot.chat.ui.custom_ids import custom_id

SEAT = r"[\w-]{1,40}"

DECLINE = custom_id("hb:decline:{seat}", seat=SEAT)
UNDO = custom_id("hb:undo:{seat}", seat=SEAT)
NEW_LINK = custom_id("hb:link")
