import pytest

from capture.window.keys import BACKSPACE, DIGIT_KEYS, DOWN, ENTER, ESCAPE, LEFT, RIGHT, UP, plain_code

NUM_LOCK = 0x100000  # as GTK windows add it


@pytest.mark.parametrize(
    "code, plain",
    [
        pytest.param(-1, None, id="no key"),
        pytest.param(ord("q"), ord("q"), id="letter"),
        pytest.param(ord("q") + NUM_LOCK, ord("q"), id="letter with Num Lock"),
        pytest.param(0xFF51, LEFT, id="X11 left, whose last byte is a Q"),
        pytest.param(0xFF52, UP, id="X11 up, whose last byte is an R"),
        pytest.param(0x270000, RIGHT, id="Windows right"),
        pytest.param(0xF701, DOWN, id="macOS down"),
        pytest.param(0xFF1B, ESCAPE, id="GTK escape"),
        pytest.param(27, ESCAPE, id="escape"),
        pytest.param(10, ENTER, id="line feed"),
        pytest.param(0xFF8D, ENTER, id="number pad's enter"),
        pytest.param(0xFF08 + NUM_LOCK, BACKSPACE, id="GTK backspace with Num Lock"),
        pytest.param(0xFFB7, ord("7"), id="number pad"),
        pytest.param(0xFFE9, None, id="X11 Alt, whose last byte is an e with acute"),
        pytest.param(0xFF50, None, id="X11 Home, whose last byte is a P"),
        pytest.param(-0x37, ord("É"), id="Qt's accented letter"),
    ],
)
def test_one_code_a_key_on_all_window_systems(code, plain):
    assert plain_code(code) == plain


def test_digits_can_be_typed_on_a_french_keyboard_without_shift():
    assert [DIGIT_KEYS[ord(key)] for key in "à&é\"'(-è_ç"] == list(range(10))
    assert [DIGIT_KEYS[ord(key)] for key in "0123456789"] == list(range(10))
    codes = (-0x40, 0x26, -0x37, 0x22, 0x27, 0x28, 0x2D, -0x38, 0x5F, -0x39)  # what a Qt window gave with that layout
    assert [DIGIT_KEYS[plain_code(code)] for code in codes] == list(range(10))
