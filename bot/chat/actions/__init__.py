"""What members can do, whichever command or button they use: read the store, apply the rules, write one fact.

No Discord object and no words here: people and wishes come in as values, an answer goes out as one.
"""
