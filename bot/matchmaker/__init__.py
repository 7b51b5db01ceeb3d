"""The matchmaker: waiting tickets become matches."""
