"""How anything is shown and answered in Discord. Knows no feature."""
