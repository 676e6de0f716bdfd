"""Drawn exercise pages that the decision learns from: sums, forms, words, tables, written by many hands."""
