"""The report of a run: load, write chapters, make one HTML page."""
