"""Two members, as a key of what is between them."""

MemberPair = tuple[int, int]
"""Two member ids. In a directed pair the order counts, otherwise the lower one comes first."""
