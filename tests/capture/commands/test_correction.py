from dataclasses import replace

import numpy as np
import pytest

from capture.boxes import Box
from capture.commands.correction import Correction, Move, Piece, corrected_page, pieces_of
from capture.read.reader import PageReader
from capture.sinks.names import OutputError
from capture.sinks.samples import SampleStore
from capture.synthetic.ink import render_strokes
from capture.types import Digit
from capture.view.correction import draw_correction, question
from model.classifier import NO_DIGIT
from tests.support.network import FakeNetwork
from tests.support.pages import page_with

IMAGE = np.full((200, 300, 3), 220, np.uint8)
GLYPH = np.zeros((28, 28), np.uint8)


def piece(x, digit, confidence, is_shown=True):
    shown = Digit(Box(x, 80, 20, 40), digit, confidence, np.zeros(11, np.float32))
    return Piece(shown.box, GLYPH, shown if is_shown else None)


@pytest.fixture
def samples(tmp_path):
    return SampleStore(tmp_path / "own")


@pytest.fixture
def sheet(samples):
    """A 1, a doubtful 7, a sure 3, and a blot that is not shown as a digit."""
    pieces = [piece(20, 1, 0.9), piece(100, 7, 0.6), piece(180, 3, 0.99), piece(260, 8, 0.1, is_shown=False)]
    return Correction(IMAGE, pieces, samples)


def labels(sheet):
    return [piece.label for piece in sheet.pieces]


def files(samples):
    return sorted(path.parent.name for path in samples.folder.glob("[0-9n]*/*.png"))


def test_the_least_sure_reading_is_asked_about_first_and_a_digit_names_it(sheet, samples):
    assert sheet.current is sheet.pieces[1]
    sheet.answer(1)
    assert labels(sheet) == [None, 1, None, None]
    assert files(samples) == ["1"]
    assert sheet.current is sheet.pieces[0], "the next doubtful one"
    assert sheet.message.startswith("kept as 1: ")


def test_a_whole_sheet(sheet, samples):
    shapes = set()
    for answer in (1, Move.ACCEPT, NO_DIGIT, Move.NEXT):
        sheet.answer(answer)
        shapes.add(sheet.draw().shape)
    assert not sheet.is_done
    sheet.answer(Move.END)
    assert sheet.is_done
    assert labels(sheet) == [1, 1, NO_DIGIT, None]
    assert files(samples) == ["1", "1", "none"]
    assert len(shapes) == 1, "the picture keeps its size"


def test_naming_once_more_replaces_what_was_kept(sheet, samples):
    sheet.answer(1)
    sheet.answer(Move.FORWARD)
    sheet.answer(2)
    assert labels(sheet) == [None, 2, None, None]
    assert files(samples) == ["2"]


def test_backspace_takes_back_the_last_one(sheet, samples):
    sheet.answer(4)
    sheet.answer(Move.TAKE_BACK)
    assert labels(sheet) == [None] * 4
    assert files(samples) == []
    assert sheet.current is sheet.pieces[1]
    sheet.answer(Move.TAKE_BACK)


def test_tab_goes_by_doubt_and_arrows_over_the_sheet(sheet):
    def visited(move):
        sheet.answer(move)
        return sheet.pieces.index(sheet.current)

    assert [visited(Move.NEXT) for _ in range(3)] == [0, 2, 1]
    assert [visited(Move.FORWARD) for _ in range(3)] == [2, 0, 1]
    assert [visited(Move.BACK) for _ in range(2)] == [0, 2]


def test_pointing_reaches_what_is_not_read(sheet, samples):
    sheet.point_at(265, 100)
    assert sheet.current is sheet.pieces[3]
    sheet.answer(Move.ACCEPT)
    assert files(samples) == [], "there is no reading to accept"
    sheet.answer(8)
    assert files(samples) == ["8"]


def test_pointing_at_paper_changes_nothing(sheet):
    sheet.point_at(65, 20)
    assert sheet.current is sheet.pieces[1]


def test_a_failure_is_told_and_one_can_go_on(sheet, monkeypatch):
    def fail(*_):
        raise OutputError("own: cannot be written (no space left on device); choose another place for it")

    monkeypatch.setattr(sheet.samples, "add", fail)
    sheet.answer(5)
    assert "no space left" in sheet.message
    assert labels(sheet) == [None] * 4
    assert sheet.draw().shape[1] == IMAGE.shape[1]


def test_nothing_read_is_no_trouble(samples):
    sheet = Correction(IMAGE, [], samples)
    sheet.answer(3)
    sheet.point_at(10, 10)
    for answer in (Move.NEXT, Move.ACCEPT, Move.TAKE_BACK, Move.END):
        sheet.answer(answer)
    assert sheet.is_done
    assert "click" in question(None)


def test_the_picture_marks_what_is_asked_and_leaves_the_frame_alone(sheet):
    before = IMAGE.copy()
    view = draw_correction(IMAGE, sheet.pieces, sheet.current, "")
    assert np.array_equal(IMAGE, before)
    x, y, w, h = sheet.current.box.xywh
    yellow = (view[:200] == (66, 228, 240)).all(axis=2)
    assert yellow[y - 12 : y + h + 12, x - 12 : x + w + 12].any()
    assert not yellow[:, x + w + 40 :].any()
    mirrored = draw_correction(IMAGE, sheet.pieces, sheet.current, "", is_mirrored=True)
    yellow = (mirrored[:200] == (66, 228, 240)).all(axis=2)
    assert yellow[:, 300 - x - w : 300 - x].any()


def test_pieces_come_with_the_glyph_and_with_what_the_window_shows():
    image = IMAGE.copy()
    ink = render_strokes([np.array([[0.0, 0.0], [0.0, 1.0]], np.float32)], 60, 5.0, np.random.default_rng(0))
    image[60 : 60 + ink.shape[0], 100 : 100 + ink.shape[1]] -= (ink[..., None] * 0.7).astype(np.uint8)

    def all_ones(glyphs):
        rows = np.full((len(glyphs), 11), 0.01, np.float32)
        rows[:, 1] = 0.9
        return rows

    shown = Digit(Box(98, 57, ink.shape[1] + 4, 66), 1, 0.97, np.zeros(11, np.float32))
    reader = PageReader(FakeNetwork(all_ones), 0.0)
    page = replace(reader(image), digits=(shown,))
    (found,) = pieces_of(page)
    assert found.shown is shown
    assert found.glyph.shape == (28, 28)
    assert found.glyph.any()
    assert pieces_of(replace(reader(IMAGE), digits=(shown,))) == []


def test_without_a_keeper_nothing_is_kept_and_names_are_taken_back_all_the_same():
    sheet = Correction(IMAGE, [piece(20, 1, 0.9), piece(60, 7, 0.6)], None)
    assert "--keep FOLDER" in sheet.message
    sheet.answer(2)
    assert labels(sheet) == [None, 2]
    sheet.answer(Move.TAKE_BACK)
    assert labels(sheet) == [None, None]


def test_a_corrected_page_has_the_names_given_and_its_numbers_anew():
    pieces = [piece(20, 1, 0.9), piece(50, 7, 0.6), piece(80, 3, 0.99), piece(110, 8, 0.1, is_shown=False)]
    pieces[1].label, pieces[2].label, pieces[3].label = 4, NO_DIGIT, 9
    page = page_with([one.shown for one in pieces if one.shown])
    assert [number.text for number in page.numbers] == ["173"]
    corrected = corrected_page(page, pieces)
    assert [digit.digit for digit in corrected.digits] == [1, 4, 9]
    assert "".join(number.text for number in corrected.numbers) == "149"


def test_without_names_a_page_stays_as_it_is():
    page = page_with([piece(20, 1, 0.9).shown])
    assert corrected_page(page, [piece(20, 1, 0.9)]) == page
