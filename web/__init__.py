"""The web part of Hey Buddy: the page, its HTTP interface, and the LiveKit rooms behind it."""
