"""The custom ids of `/privacy`: the buttons below what is kept, and the one that deletes it. They say nothing of whom:
whoever presses one means themselves.
"""

from bot.chat.ui.custom_ids import custom_id

EXPORT = custom_id("hb:privacy:export")
ASK = custom_id("hb:privacy:ask")
DELETE = custom_id("hb:privacy:delete")
