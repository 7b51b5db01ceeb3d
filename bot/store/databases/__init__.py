"""The databases that the store can use, each with its connection, its migrations and its own queries."""
