"""What members can do about their own data: see it, take a copy, delete it."""
