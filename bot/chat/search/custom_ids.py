"""The custom ids of the buttons and the form of a search."""

from bot.chat.ui.custom_ids import custom_id

CHANGE = custom_id("hb:change:{server}")
WISHES_FORM = custom_id("hb:wishes:{server}")
STOP = custom_id("hb:stop")
WAIT_AGAIN = custom_id("hb:again:{how}:{server}", how="any|same")
MOVE_HERE = custom_id("hb:move:{server}")
AGREE = custom_id("hb:agree:{server}:{version}", version=r"[\d.]+")
NOT_NOW = custom_id("hb:later:{server}")
REMIND_ME = custom_id("hb:remind:{server}")
SHOW_NEWS = custom_id("hb:show:{member}")
