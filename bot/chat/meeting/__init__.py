"""A member's running match in chat: its card, its link, and leaving it."""
