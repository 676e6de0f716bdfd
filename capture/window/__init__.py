"""The OpenCV window: display, keys, and the run that it steers."""
