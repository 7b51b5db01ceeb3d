"""A member's live match in chat: its card, its link, and leaving it."""
