"""Everything that talks to Discord: commands, buttons, cards and the delivery of messages.

No matching rules live here.
"""
