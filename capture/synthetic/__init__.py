"""Drawn pages under simulated light and camera, for the demo, tests, the doctor and training."""
