"""The simulator: runs the engine on a recorded or synthetic day in virtual time, to tune it and to measure it."""
