"""One module for each of train.py's commands."""
