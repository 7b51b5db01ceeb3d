"""The databases the ledger can live in."""
