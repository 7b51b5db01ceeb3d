"""The databases the store can live in."""
