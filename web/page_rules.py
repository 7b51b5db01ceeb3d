"""What the page needs to know of our rules: how long, how much, and whether it shows the partner at once."""

from datetime import timedelta

from bot.domain.age_group import hides_partner_video
from bot.domain.match import EMPTY_ROOM_ENDS_AFTER, MINUTE, UNDO_FOR
from bot.domain.report import REPORTABLE_FOR, WORDS_AT_MOST
from bot.domain.server import Server


def rules_for_page(server: Server | None, pool: str) -> dict[str, int | bool]:
    """The fields of the session view that say what holds in this pool; docs/http.md lists them."""
    return {
        "undo_seconds": UNDO_FOR // timedelta(seconds=1),
        "empty_minutes": EMPTY_ROOM_ENDS_AFTER // MINUTE,
        "longest_report": WORDS_AT_MOST,
        "report_days": REPORTABLE_FOR // timedelta(days=1),
        "hides_partner_video": hides_partner_video(server, pool),
    }
