"""A stand-in for Discord on this machine: real HTTP and WebSocket for the bot, plain calls for who acts its people."""
