"""Everything Discord: commands, buttons, cards and the delivery of messages. No rule of who meets whom lives here."""
