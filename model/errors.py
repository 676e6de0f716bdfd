"""The base of every error that the user can put right; the scripts print it as one line and exit with 1."""


class DigitsError(Exception):
    """A problem of the user's world, worded *what was given: what is wrong; what to do*."""


def first_line(error: BaseException) -> str:
    """What a library says went wrong, as far as it fits into one line; the error's kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class WeightsError(DigitsError):
    """The network's file is missing, damaged or of the wrong shape."""
