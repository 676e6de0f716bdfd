"""The course notebooks, from one readable source."""
