"""The simulator: runs the engine on a recorded or synthetic day in virtual time, to tune and measure it."""
