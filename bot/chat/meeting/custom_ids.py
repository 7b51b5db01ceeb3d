"""The custom ids of the buttons on a match's card."""

from bot.chat.ui.custom_ids import OPAQUE_ID, custom_id

DECLINE = custom_id("hb:decline:{seat}", seat=OPAQUE_ID)
UNDO = custom_id("hb:undo:{seat}", seat=OPAQUE_ID)
NEW_LINK = custom_id("hb:link")
