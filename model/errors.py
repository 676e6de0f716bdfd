"""The base of every error that the user can put right; the scripts print it as one line and exit with 1."""


class DigitsError(Exception):
    """A problem of the user's world, worded *what was given: what is wrong; what to do*."""


class WeightsError(DigitsError):
    """The network's file is missing, damaged or of the wrong shape."""
