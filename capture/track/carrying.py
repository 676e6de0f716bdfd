"""Carry a page on to a later moment: its digits move as their tracks do, until the next page has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from capture.types import Digit, Number, Page


def carried(page: Page, velocities: Mapping[int, complex], ahead_s: float) -> Page:
    """Move the digits and numbers of a page to where they should be a little later.

    Args:
        page: as a `Tracker` gave it.
        velocities: of the tracks by their numbers, x + iy in px a second, as `Tracker.velocities` gives them.
        ahead_s: how much later, in seconds.
    """
    steps = {track: velocity * ahead_s for track, velocity in velocities.items()}
    digits = tuple(_moved_digit(digit, steps) for digit in page.digits)
    numbers = tuple(_moved_number(number, steps) for number in page.numbers)
    return replace(page, digits=digits, numbers=numbers)


def _moved_digit(digit: Digit, steps: Mapping[int, complex]) -> Digit:
    step = steps.get(digit.track, 0j)
    return replace(digit, box=digit.box.moved(step.real, step.imag))


def _moved_number(number: Number, steps: Mapping[int, complex]) -> Number:
    """Move a number as its digits do on average."""
    step = sum(steps.get(digit.track, 0j) for digit in number.digits) / max(1, len(number.digits))
    digits = tuple(_moved_digit(digit, steps) for digit in number.digits)
    return replace(number, box=number.box.moved(step.real, step.imag), digits=digits)
