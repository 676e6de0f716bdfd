"""Makes key codes the same on all window systems; a French keyboard gives digits only with shift, here without too."""

from __future__ import annotations

import cv2

BACKSPACE, TAB, ENTER, ESCAPE, DELETE = 8, 9, 13, 27, 127
LEFT, UP, RIGHT, DOWN = range(0x110000, 0x110004)  # above all characters
ARROW_CODES = {
    **{0xFF51: LEFT, 0xFF52: UP, 0xFF53: RIGHT, 0xFF54: DOWN},  # X11
    **{0x250000: LEFT, 0x260000: UP, 0x270000: RIGHT, 0x280000: DOWN},  # Windows
    **{0xF702: LEFT, 0xF700: UP, 0xF703: RIGHT, 0xF701: DOWN},  # macOS
}
SPECIAL_CODES = {
    **ARROW_CODES,
    **{0xFF00 + code: code for code in (BACKSPACE, TAB, ENTER, ESCAPE)},  # X11, GTK windows
    **{0xFFB0 + digit: ord("0") + digit for digit in range(10)},  # the number pad there
    0xFF8D: ENTER,
    0xFFFF: DELETE,
    0x2E0000: DELETE,
    10: ENTER,
}
DIGIT_ROWS = "0123456789", "à&é\"'(-è_ç", "À&É\"'(-È_Ç"
"""For 0 to 9: with shift a French keyboard gives digits, without it the second row; Qt reports that as the third."""
DIGIT_KEYS = {ord(row[digit]): digit for row in DIGIT_ROWS for digit in range(10)}


def wait_for_key(wait_ms: int) -> int | None:
    """Let OpenCV handle its events for a while.

    Args:
        wait_ms: at least 1.

    Returns:
        The character code of the key pressed, or a constant of this module; None for no key, or one without meaning.
    """
    return plain_code(cv2.waitKeyEx(max(1, wait_ms)))


def plain_code(code: int) -> int | None:
    """Bring what `cv2.waitKeyEx` gave to one form for all window systems: an arrow's last byte would be a letter's."""
    if code == -1:
        return None
    if -0x80 <= code < 0:  # Qt windows give an accented letter as a signed byte
        return code & 0xFF
    if code in SPECIAL_CODES:
        return SPECIAL_CODES[code]
    character = code & 0xFFFF  # GTK adds Num Lock and the like above
    return SPECIAL_CODES.get(character, character if character <= 0xFF else None)
