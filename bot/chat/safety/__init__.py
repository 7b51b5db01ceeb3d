"""What members can do about other members: blocking them."""
