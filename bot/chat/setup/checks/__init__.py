"""What is wrong with a server's setup: facts about it as values, and one file of checks per place. Pure."""
