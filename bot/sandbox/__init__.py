"""Everything on one machine: a stand-in for Discord, LiveKit, the real bot and page, and a page to play everybody."""
