"""`/buddy setup`: one card only the admin sees, edited in place, every answer saved at once."""
