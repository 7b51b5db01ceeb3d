"""Finds the constants of the pairing rule on made-up days, and shows how the rule fares on others."""
