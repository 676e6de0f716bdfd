"""Pages seen whole, large and full: documents, boards, notes of lectures, sheets of numbers, labels."""
