"""`/buddy stats`: what an admin may know of pairing in their server, as text and as pictures."""
