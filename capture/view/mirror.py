"""Pages as they are in the mirrored picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from capture.types import Digit, Page


def mirrored(page: Page, width: int) -> Page:
    """Move a page to where it is in the mirrored picture, `width` pixels wide; numbers keep their texts: 17 is 17."""
    numbers = (
        replace(number, box=number.box.mirrored(width), digits=_mirrored(number.digits, width))
        for number in page.numbers
    )
    return replace(page, digits=_mirrored(page.digits, width), numbers=tuple(numbers))


def _mirrored(digits: Iterable[Digit], width: int) -> tuple[Digit, ...]:
    return tuple(replace(digit, box=digit.box.mirrored(width)) for digit in digits)
