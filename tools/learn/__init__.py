"""Learns the parameters of the pairing rule from synthetic days, and compares the result on other days."""
