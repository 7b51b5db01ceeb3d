"""How cards are shown and interactions answered in Discord. Knows no feature."""
