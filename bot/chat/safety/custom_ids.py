"""The custom ids of the buttons and forms with which members report, say more, and ask for a second look."""

from bot.chat.ui.custom_ids import OPAQUE_ID, custom_id

PLACE = "command|message"

FINE = custom_id("hb:fine:{seat}", seat=OPAQUE_ID)
WRONG = custom_id("hb:wrong:{seat}", seat=OPAQUE_ID)
SAY_MORE = custom_id("hb:more:{report}", report=OPAQUE_ID)
GET_HELP = custom_id("hb:help")
SECOND_LOOK = custom_id("hb:second:{report}", report=OPAQUE_ID)
REPORT_FORM = custom_id("hb:report:{place}:{seat}", place=PLACE, seat=OPAQUE_ID)
SECOND_LOOK_FORM = custom_id("hb:look:{report}", report=OPAQUE_ID)
