"""Looking for a partner: wishes, the waiting card, and everything that starts, changes or ends a search."""
