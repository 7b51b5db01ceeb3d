"""The custom ids of our buttons, selects and modals: written here, and the patterns that read them.

An id says all there is to know (at most 100 characters), so a press is answered after any restart.
"""

CHANGE = r"hb:change:(?P<server>\d+)"
WISHES = r"hb:wishes:(?P<server>\d+)"
STOP = r"hb:stop"
FIND = r"hb:find:(?P<server>\d+)"
AGAIN = r"hb:again:(?P<how>any|same):(?P<server>\d+)"
MOVE = r"hb:move:(?P<server>\d+)"
DECLINE = r"hb:decline:(?P<seat>[\w-]{1,40})"
LINK = r"hb:link"
SHOW = r"hb:show:(?P<member>\d+)"


def change(server_id: int) -> str:
    """Opens the wishes as a modal."""
    return f"hb:change:{server_id}"


def wishes(server_id: int) -> str:
    """The modal with the wishes."""
    return f"hb:wishes:{server_id}"


def stop() -> str:
    """Stop waiting."""
    return "hb:stop"


def find(server_id: int) -> str:
    """The panel's button."""
    return f"hb:find:{server_id}"


def again(server_id: int, *, any_subject: bool) -> str:
    """Wait again, with the same wishes or with any subject."""
    return f"hb:again:{'any' if any_subject else 'same'}:{server_id}"


def move(server_id: int) -> str:
    """Take the ticket over to this server."""
    return f"hb:move:{server_id}"


def decline(seat_id: str) -> str:
    """I can't make it."""
    return f"hb:decline:{seat_id}"


def link() -> str:
    """A new link for the running match."""
    return "hb:link"


def show(member_id: int) -> str:
    """What a mention in the channel leads to: this member's own news, seen only by them."""
    return f"hb:show:{member_id}"
