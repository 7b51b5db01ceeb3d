"""The browser door of Hey Buddy: links, sessions, join tokens and the page."""
