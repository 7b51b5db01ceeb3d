"""What members do about other members: blocking."""
