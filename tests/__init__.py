"""Tests, their helpers in `support`, and benchmarks that print tables."""
