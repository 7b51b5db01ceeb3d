"""The Discord part of Hey Buddy, and everything that it shares with the web part."""
