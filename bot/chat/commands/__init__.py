"""The slash commands: each reads its options, makes one call and shows the answer."""
