"""The constants of the rule, as `python -m tools.learn` wrote them."""

from typing import Final

from bot.pairing.keep import Learned

LEARNED: Final = Learned(
    memory_s=7200.0,
    grace_s=60.0,
    first_s=600.0,
    doubt=6.0,
    usual_fit=0.69,
    fit_spread=0.18,
    dear=0.38,
    reach=2.2,
    wait_cost=0.014,
    share=0.5,
    share_by_load=0.05,
    load_middle=4.0,
    flexible=0.19,
    fade=0.12,
    fade_s=220.0,
)
