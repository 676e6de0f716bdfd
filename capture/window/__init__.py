"""The OpenCV window: display, keys, hints, correction."""
