"""The Discord door of Hey Buddy and the rules both doors share."""
