import numpy as np
import pytest

from capture.loop import Summary
from capture.track.tracker import NoTracking
from capture.types import Box, Digit, Frame
from capture.window.controls import CONFIDENCE_RANGE, MESSAGE_S, Controls, mirrored
from capture.window.window import Command

IMAGE = np.full((120, 200, 3), 200, np.uint8)
SEVEN = Digit(Box(20, 50, 20, 30), 7, 0.9, np.zeros(11, np.float32))


class FakeWindow:
    """Shows nothing and presses keys: one list of commands, one a look."""

    def __init__(self, commands=()):
        self.commands = list(commands)
        self.shown = []
        self.on_mouse = None

    def show(self, view, wait_ms=1):
        self.shown.append(view)
        return self.commands.pop(0) if self.commands else None


class FakeSource:
    is_live = True
    is_stills = False
    size = (200, 120)
    canvas = None

    def note(self):
        return "camera lost"


class FakeCanvas:
    def __init__(self):
        self.events = []

    def mouse(self, *event):
        self.events.append(event)

    def clear(self):
        self.events.append("clear")


class FakeRecorder:
    problem = None
    is_recording = False

    def __init__(self, folder):
        self.path = folder / "clip.mp4"

    def toggle(self):
        self.is_recording = not self.is_recording
        return self.is_recording


class FakeClock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def made(tmp_path):
    def make(commands=(), source=None, **settings):
        controls = Controls(
            FakeWindow(commands),
            source or FakeSource(),
            NoTracking(0.5),
            FakeRecorder(tmp_path),
            lambda image: np.full((10, 10, 3), 55, np.uint8),
            tmp_path,
            clock=FakeClock(),
            **settings,
        )
        return controls

    return make


def show(controls, index=0, image=IMAGE, readings=(SEVEN,)):
    frame = Frame(image, index, index / 10, "fake")
    controls.status(Summary())
    return controls.show(frame, image.copy(), list(readings))


def test_frames_are_shown_as_they_were_drawn(made):
    controls = made()
    assert not show(controls)
    assert (controls.window.shown[0] == IMAGE).all()


def test_quit_ends_the_run(made):
    assert show(made([Command.QUIT]))


def test_pause_holds_the_picture_until_the_next_space(made):
    controls = made([Command.PAUSE, None, None, Command.PAUSE])
    assert not show(controls)
    assert len(controls.window.shown) == 4
    assert not (controls.window.shown[1] == IMAGE).all(), "the pause sign is drawn"
    show(controls)
    assert len(controls.window.shown) == 5


def test_quitting_works_while_paused(made):
    assert show(made([Command.PAUSE, None, Command.QUIT]))


def test_photos_wait_for_a_key_each(made):
    source = FakeSource()
    source.is_live, source.is_stills = False, True
    controls = made([None, None, Command.PAUSE, Command.PAUSE], source)
    show(controls)
    assert len(controls.window.shown) == 3
    show(controls)
    assert len(controls.window.shown) == 4


def test_inspection_shows_what_the_program_sees_until_pressed_again(made):
    controls = made([Command.INSPECT, Command.INSPECT])
    for _ in range(3):
        show(controls)
    assert [view.shape for view in controls.window.shown] == [IMAGE.shape, (10, 10, 3), IMAGE.shape]


def test_help_lies_over_the_picture_until_pressed_again(made):
    controls = made([Command.HELP, Command.HELP])
    for _ in range(3):
        show(controls)
    assert [bool((view == IMAGE).all()) for view in controls.window.shown] == [True, False, True]


def test_w_lets_the_user_name_the_digits_shown(made):
    asked = []
    controls = made([Command.CORRECT], correct=lambda *given: asked.append(given))
    assert not show(controls)
    (window, frame, readings, is_mirrored) = asked[0]
    assert (window, frame.index, readings, is_mirrored) == (controls.window, 0, [SEVEN], False)


def test_quitting_works_while_naming_digits(made):
    assert show(made([Command.CORRECT], correct=lambda *_: Command.QUIT))


def test_w_says_how_to_ask_for_it(made):
    controls = made([Command.CORRECT])
    show(controls)
    assert any("--keep FOLDER" in note for note in controls.status(Summary()).notes)


def test_mirroring_moves_the_boxes_too_and_labels_stay_readable(made):
    assert mirrored([SEVEN], 200)[0].box == Box(160, 50, 20, 30)
    image = IMAGE.copy()
    image[50:80, 20:40] = 9
    controls = made(is_mirrored=True)
    show(controls, image=image)
    assert (controls.window.shown[0][50:80, 160:180] == 9).all()


def test_numbers_are_not_mirrored(made, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "capture.window.controls.draw_readings", lambda image, readings, status, numbers: drawn.append(numbers) or image
    )
    one = Digit(Box(45, 50, 10, 30), 1, 0.9, np.zeros(11, np.float32))
    show(made(is_mirrored=True), readings=[SEVEN, one])
    assert [number.text for number in drawn[0]] == ["71"]


def test_confidence_changes_in_steps_within_its_range(made):
    controls = made([Command.STRICTER, Command.LAXER, Command.LAXER, *[Command.STRICTER] * 30])
    seen = []
    for _ in range(33):
        show(controls)
        seen.append(controls.tracker.min_confidence)
    assert seen[:3] == [0.55, 0.5, 0.45]
    assert seen[-1] == CONFIDENCE_RANGE[1]


def test_r_starts_and_stops_a_recording_and_says_so(made):
    controls = made([Command.RECORD, None, Command.RECORD])
    for index in range(3):
        show(controls, index)
        if index == 1:
            assert controls.status(Summary()).recorded_s == pytest.approx(0.1)
    assert not controls.recorder.is_recording
    assert "saved clip.mp4" in controls.status(Summary()).notes


def test_s_saves_the_view_and_says_where(made, tmp_path):
    controls = made([Command.SNAPSHOT])
    show(controls)
    (snapshot,) = tmp_path.glob("*.png")
    assert f"saved {snapshot.name}" in controls.status(Summary()).notes
    controls.clock.now += MESSAGE_S + 0.1
    assert controls.status(Summary()).notes == ("camera lost",)


def test_a_snapshot_that_fails_is_told_and_the_run_goes_on(made, tmp_path):
    controls = made([Command.SNAPSHOT])
    controls.folder = tmp_path / "missing"
    assert not show(controls)
    assert any("missing" in note for note in controls.status(Summary()).notes)


def test_a_lasting_trouble_brings_a_hint(made):
    controls = made()
    for index in range(30):
        show(controls, index, image=np.zeros_like(IMAGE), readings=())
    assert any("dark" in note for note in controls.status(Summary()).notes)


def test_hints_can_be_turned_off(made):
    controls = made(gives_hints=False)
    for index in range(30):
        show(controls, index, image=np.zeros_like(IMAGE), readings=())
    assert controls.status(Summary()).notes == ("camera lost",)


@pytest.mark.parametrize("is_mirrored, x", [(False, 30), (True, 169)])
def test_the_mouse_writes_on_the_canvas_where_it_points(made, is_mirrored, x):
    source = FakeSource()
    source.canvas = FakeCanvas()
    controls = made([Command.CLEAR], source, is_mirrored=is_mirrored)
    show(controls)
    controls.window.on_mouse(1, 30, 40, 1)
    assert source.canvas.events == ["clear", (1, x, 40, 1)]
