"""A stand-in for Discord on this machine: real HTTP and WebSocket for the bot, method calls to act as its users."""
