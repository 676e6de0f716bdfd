"""From candidates to a page: digits, numbers, pose."""
