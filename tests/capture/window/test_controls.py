"""The window's part: keys become commands or answers, and the picture is shown for as long as it stands still."""

import numpy as np
import pytest

from capture.commands.command import Command
from capture.commands.correction import Correction, Move
from capture.commands.session import Session
from capture.sinks.recorder import Recorder
from capture.sinks.samples import SampleStore
from capture.sources.base import SourceOptions
from capture.sources.canvas import DrawSource
from capture.track.tracker import NoTracking
from capture.types import Frame, Page
from capture.window.controls import ANSWERS, Controls
from capture.window.keys import DIGIT_KEYS, RIGHT
from model.classifier import NO_DIGIT

IMAGE = np.full((120, 200, 3), 200, np.uint8)


class FakeWindow:
    """Shows nothing and presses keys, one a look; the last one for ever."""

    def __init__(self, keys):
        self.keys, self.shown, self.on_mouse = list(keys), [], None
        self.is_full_screen = False

    def show(self, view, wait_ms, meanings):
        self.shown.append(view)
        key = self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]
        return None if key is None else meanings.get(ord(key))


def controls_of(tmp_path, keys):
    source = DrawSource(SourceOptions(200, 120, is_paced=True))
    session = Session(source, NoTracking(), Recorder(tmp_path), lambda image: image, tmp_path)
    session.start_correction = lambda image, page: Correction(image, [], SampleStore(tmp_path))
    return Controls(FakeWindow(keys), session)


def show(controls):
    return controls.show(Frame(IMAGE, 0, 0.0, "fake"), IMAGE.copy(), Page())


@pytest.mark.parametrize(
    "keys, looks, is_over",
    [
        ([None], 1, False),
        (["q"], 1, True),
        ([" ", None, None, " ", None], 4, False),
        ([" ", None, "q"], 3, True),
        (["w", "7", "m", "w", None], 4, False),
        (["w", "\x1b", None], 2, False),
        (["w", "q"], 2, True),
    ],
    ids=[
        "no key",
        "quit",
        "pause",
        "quit while paused",
        "correct",
        "Esc ends correcting only",
        "quit while correcting",
    ],
)
def test_a_frame_is_shown_until_it_may_go_on(tmp_path, keys, looks, is_over):
    controls = controls_of(tmp_path, keys)
    assert show(controls) is is_over
    assert len(controls.window.shown) == looks
    assert not controls.session.is_mirrored, "m is no command while correcting"


def test_the_mouse_writes_on_the_canvas(tmp_path):
    controls = controls_of(tmp_path, [None])
    show(controls)
    controls.window.on_mouse(1, 30, 40, 1)
    assert controls.session.canvas.image[40, 30].max() < 100


def test_keys_mean_digits_moves_or_the_end():
    assert ANSWERS[ord("7")] == 7
    assert ANSWERS[ord("n")] == NO_DIGIT
    assert ANSWERS[RIGHT] is Move.FORWARD
    assert ANSWERS[ord("q")] is Command.QUIT
    assert set(DIGIT_KEYS) <= set(ANSWERS), "no other meaning hides a digit"
