"""The databases that the store can live in: each with its connection, its migrations and its own queries."""
