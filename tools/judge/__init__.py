"""Judges the pairing rule: compares the engine with baselines and the offline optimum, on synthetic days or traces."""
