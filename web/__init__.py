"""The web part of Hey Buddy: the study page, its HTTP interface, and the LiveKit rooms behind it."""
