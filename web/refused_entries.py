"""The log of entries that are refused: one line each, by ids alone, so that operators can tell what a student met."""

import logging
from typing import Final

from web.problems import HttpProblem

NOT_REFUSED: Final = frozenset({"checking_membership"})
"""Problems after which the page goes on by itself."""

log = logging.getLogger(__name__)


def log_refused_entry(problem: HttpProblem, *, match_id: str | None = None, seat_id: str | None = None) -> None:
    """Log that somebody was not let in because of `problem`; without ids if the link is not one of ours."""
    if problem.code in NOT_REFUSED:
        return
    if match_id is None:
        log.info("entry refused (%s)", problem.code)
    else:
        log.info("entry refused (%s): match %s, seat %s", problem.code, match_id, seat_id)
