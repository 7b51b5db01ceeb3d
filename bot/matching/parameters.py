"""The constants of the rule and of its promise, as `python -m tools.learn` wrote them."""

from typing import Final

from bot.matching.reservation import Learned
from bot.matching.wait_estimate import Calibration

LEARNED: Final = Learned(
    memory_s=7200.0,
    grace_s=60.0,
    first_s=600.0,
    rush_s=300.0,
    sober=4.0,
    doubt=6.0,
    usual_fit=0.69,
    fit_spread=0.18,
    dear=0.38,
    reach=2.0,
    wait_cost=0.014,
    share=0.5,
    share_by_load=0.05,
    load_middle=4.0,
    flexible=0.19,
    fade=0.4,
    fade_s=180.0,
)

CALIBRATED: Final = Calibration(
    usual=-0.54,
    by_wait=0.85,
    by_gap=1.54,
    by_chance=-0.34,
    long=-0.62,
    long_and_busy=-0.33,
)
