"""What is wrong with this installation: each outside thing is really tried."""
