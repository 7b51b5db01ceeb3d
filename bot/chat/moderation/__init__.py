"""What staff do with reports: the list, one report with its actions, bans, and the audit."""
