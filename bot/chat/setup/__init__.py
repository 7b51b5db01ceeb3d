"""`/buddy setup`: one card that only the admin sees, edited in place; every answer is saved immediately."""
