import cv2
import numpy as np
import pytest

from capture.sinks.files import RecordingError
from capture.sinks.samples import Keeper
from capture.synthetic.ink import render_strokes
from capture.types import Box, Digit
from capture.view.correction import draw_correction, question
from capture.window.correction import ANSWERS, Correction, Move, Piece, pieces_of
from capture.window.keys import DIGIT_KEYS, ENTER, ESCAPE, RIGHT, TAB
from capture.window.window import Command
from model.classifier import NO_DIGIT

IMAGE = np.full((200, 300, 3), 220, np.uint8)
GLYPH = np.zeros((28, 28), np.uint8)
CLICK = cv2.EVENT_LBUTTONDOWN


def reading(x, digit, confidence, glyph=GLYPH):
    return Digit(Box(x, 80, 20, 40), digit, confidence, np.zeros(11, np.float32), glyph=glyph)


def piece(x, digit, confidence, is_shown=True):
    one = reading(x, digit, confidence)
    return Piece(one, one if is_shown else None)


@pytest.fixture
def keeper(tmp_path):
    return Keeper(tmp_path / "own")


@pytest.fixture
def sheet(keeper):
    """A 1, a doubtful 7, a sure 3, and a blot that is not shown as a digit."""
    pieces = [piece(20, 1, 0.9), piece(100, 7, 0.6), piece(180, 3, 0.99), piece(260, 8, 0.1, is_shown=False)]
    return Correction(IMAGE, pieces, keeper)


def labels(sheet):
    return [piece.label for piece in sheet.pieces]


def files(keeper):
    return sorted(path.parent.name for path in keeper.folder.glob("[0-9n]*/*.png"))


class FakeWindow:
    def __init__(self, keys):
        self.keys, self.shown, self.on_mouse = list(keys), [], "canvas"

    def show(self, view, wait_ms, meanings):
        self.shown.append(view)
        assert self.on_mouse != "canvas", "the mouse chooses digits meanwhile"
        return meanings.get(self.keys.pop(0))


def test_the_least_sure_reading_is_asked_about_first_and_a_digit_names_it(sheet, keeper):
    assert sheet.current is sheet.pieces[1]
    sheet.obey(1)
    assert labels(sheet) == [None, 1, None, None]
    assert files(keeper) == ["1"]
    assert sheet.current is sheet.pieces[0], "the next doubtful one"
    assert sheet.message.startswith("kept as 1: ")


def test_a_whole_sheet_by_keys(sheet, keeper):
    window = FakeWindow([ord("1"), None, ENTER, ord("x"), TAB, ESCAPE])
    assert sheet.run(window) is None
    assert labels(sheet) == [1, 1, NO_DIGIT, None]
    assert files(keeper) == ["1", "1", "none"]
    assert window.on_mouse == "canvas"
    assert len({view.shape for view in window.shown}) == 1, "the window keeps its size"


def test_q_ends_the_program(sheet):
    assert sheet.run(FakeWindow([ord("q")])) is Command.QUIT


def test_naming_once_more_replaces_what_was_kept(sheet, keeper):
    sheet.obey(1)
    sheet.obey(Move.FORWARD)
    sheet.obey(2)
    assert labels(sheet) == [None, 2, None, None]
    assert files(keeper) == ["2"]


def test_backspace_takes_back_the_last_one(sheet, keeper):
    sheet.obey(4)
    sheet.obey(Move.TAKE_BACK)
    assert labels(sheet) == [None] * 4
    assert files(keeper) == []
    assert sheet.current is sheet.pieces[1]
    sheet.obey(Move.TAKE_BACK)


def test_tab_goes_by_doubt_and_arrows_over_the_sheet(sheet):
    def visited(move):
        sheet.obey(move)
        return sheet.pieces.index(sheet.current)

    assert [visited(Move.NEXT) for _ in range(3)] == [0, 2, 1]
    assert [visited(Move.FORWARD) for _ in range(3)] == [2, 0, 1]
    assert [visited(Move.BACK) for _ in range(2)] == [0, 2]


@pytest.mark.parametrize("is_mirrored, x", [(False, 265), (True, 34)])
def test_a_click_reaches_what_is_not_read(sheet, keeper, is_mirrored, x):
    sheet.is_mirrored = is_mirrored
    sheet.click(CLICK, x, 100, 0)
    assert sheet.current is sheet.pieces[3]
    sheet.obey(Move.ACCEPT)
    assert files(keeper) == [], "there is no reading to accept"
    sheet.obey(8)
    assert files(keeper) == ["8"]


@pytest.mark.parametrize("event, x, y", [(CLICK, 65, 20), (cv2.EVENT_MOUSEMOVE, 190, 100)])
def test_a_click_on_paper_and_a_move_change_nothing(sheet, event, x, y):
    sheet.click(event, x, y, 0)
    assert sheet.current is sheet.pieces[1]


def test_a_failure_is_told_and_one_can_go_on(sheet, monkeypatch):
    def fail(*_):
        raise RecordingError("own: cannot be written (no space left on device); choose another place for it")

    monkeypatch.setattr(sheet.keeper, "keep", fail)
    sheet.obey(5)
    assert "no space left" in sheet.message
    assert labels(sheet) == [None] * 4
    assert sheet.draw().shape[1] == IMAGE.shape[1]


def test_nothing_read_is_no_trouble(keeper):
    sheet = Correction(IMAGE, [], keeper)
    sheet.obey(3)
    sheet.click(CLICK, 10, 10, 0)
    assert sheet.run(FakeWindow([TAB, ENTER, ESCAPE])) is None
    assert "click" in question(None)


def test_the_picture_marks_what_is_asked_and_leaves_the_frame_alone(sheet):
    before = IMAGE.copy()
    view = draw_correction(IMAGE, sheet.pieces, sheet.current, "")
    assert np.array_equal(IMAGE, before)
    x, y, w, h = sheet.current.reading.box.xywh
    yellow = (view[:200] == (66, 228, 240)).all(axis=2)
    assert yellow[y - 12 : y + h + 12, x - 12 : x + w + 12].any()
    assert not yellow[:, x + w + 40 :].any()
    mirrored = draw_correction(IMAGE, sheet.pieces, sheet.current, "", is_mirrored=True)
    yellow = (mirrored[:200] == (66, 228, 240)).all(axis=2)
    assert yellow[:, 300 - x - w : 300 - x].any()


def test_keys_mean_digits_moves_or_the_end():
    assert ANSWERS[ord("7")] == 7
    assert ANSWERS[ord("n")] == NO_DIGIT
    assert ANSWERS[RIGHT] is Move.FORWARD
    assert set(DIGIT_KEYS) <= set(ANSWERS), "no other meaning hides a digit"


def test_pieces_come_with_the_glyph_and_with_what_the_window_shows():
    image = IMAGE.copy()
    ink = render_strokes([np.array([[0.0, 0.0], [0.0, 1.0]], np.float32)], 60, 5.0, np.random.default_rng(0))
    image[60 : 60 + ink.shape[0], 100 : 100 + ink.shape[1]] -= (ink[..., None] * 0.7).astype(np.uint8)

    def all_ones(glyphs):
        rows = np.full((len(glyphs), 11), 0.01, np.float32)
        rows[:, 1] = 0.9
        return rows

    shown = Digit(Box(98, 57, ink.shape[1] + 4, 66), 1, 0.97, np.zeros(11, np.float32))
    (found,) = pieces_of(image, [shown], all_ones)
    assert found.shown is shown
    assert found.reading.glyph.shape == (28, 28)
    assert found.reading.glyph.any()
    assert pieces_of(IMAGE, [shown], all_ones) == []
