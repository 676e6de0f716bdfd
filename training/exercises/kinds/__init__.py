"""Kinds of pages, each drawn by a function on an empty sheet: tables, boards, sums, figures, forms, labels."""
