"""The custom ids of the queue of reports. Each names the server: alerts are also read in direct messages."""

from bot.chat.ui.custom_ids import OPAQUE_ID, CustomId, custom_id
from bot.domain.report import ReportSide
from bot.domain.verdict import AppealOutcome, Decision

DECISION, SIDE, OUTCOME = "|".join(Decision), "|".join(ReportSide), "|".join(AppealOutcome)
STEPS = ("ask", "hand_over", "renew_hold", "end_hold")
"""What a reader does with a report besides deciding it, and says in a sentence."""


def _report_id(part: str, **fields: str) -> CustomId:
    return custom_id(f"hb:rep:{part}:{{server}}:{{report}}", report=OPAQUE_ID, **fields)


OPEN_REPORTS = custom_id("hb:reports:{server}")
"""On alerts: shows the list in a message of its own."""
SHOW_PAGE = custom_id("hb:rep:page:{server}:{page}")
OPEN_REPORT = _report_id("open")
OPEN_APPEAL = _report_id("second:{side}", side=SIDE)
ALL_WORDS = _report_id("words")
RELEASE = _report_id("back")
RECUSE = _report_id("know")
DECIDE = _report_id("decide:{decision}", decision=DECISION)
DO_STEP = _report_id("do:{step}", step="|".join(STEPS))
DECIDE_APPEAL = _report_id("appeal:{side}:{outcome}", side=SIDE, outcome=OUTCOME)
DECIDE_FORM = _report_id("decided:{decision}", decision=DECISION)
STEP_FORM = _report_id("did:{step}", step="|".join(STEPS))
APPEAL_FORM = _report_id("looked:{side}:{outcome}", side=SIDE, outcome=OUTCOME)
SHOW_AUDIT = custom_id("hb:audit:{server}:{page}")
