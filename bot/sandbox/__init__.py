"""All on one machine: a stand-in for Discord, LiveKit, the real bot and web parts, and a page to act as users."""
