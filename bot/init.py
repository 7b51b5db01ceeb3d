"""Writes a first config.toml with fresh secrets."""
