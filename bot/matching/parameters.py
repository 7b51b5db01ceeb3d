"""The parameters of the pairing rule and the wait estimate, as written by `python -m tools.learn`."""

from typing import Final

from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration

RESERVATION_PARAMS: Final = ReservationParams(
    rate_memory_s=7200.0,
    empty_prior_s=60.0,
    first_arrival_s=600.0,
    burst_window_s=300.0,
    burst_prior=4.0,
    hour_prior=6.0,
    prior_fit=0.69,
    prior_fit_spread=0.18,
    competition_weight=0.38,
    arrival_multiplier=2.0,
    wait_cost_per_minute=0.014,
    surplus_share=0.5,
    surplus_share_by_load=0.05,
    zero_load_arrivals=4.0,
    flexibility_bonus=0.19,
    end_discount=0.4,
    end_discount_s=180.0,
)

WAIT_CALIBRATION: Final = Calibration(
    intercept=-0.54,
    implied_wait=0.85,
    gap=1.54,
    log_chance=-0.34,
    long_wait=-0.62,
    long_wait_by_log_rate=-0.33,
)
