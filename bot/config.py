"""Settings: TOML, environment and files become frozen values; every error at once, by key."""
