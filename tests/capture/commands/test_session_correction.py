from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.commands.command import Command
from capture.commands.correction import Correction, Move, Piece
from capture.sinks.samples import SampleStore
from capture.types import Candidate, Frame, Hypothesis, Trace
from tests.support.pages import page_with
from tests.support.sessions import IMAGE, SEVEN, FakePhotos, shown_after, take

GLYPH = np.zeros((28, 28), np.uint8)


def test_inspection_shows_what_the_program_sees_until_asked_again(made):
    session = made()
    take(session)
    assert shown_after(session, Command.INSPECT).shape == (10, 10, 3)
    assert take(session).shape == (10, 10, 3)
    assert shown_after(session, Command.INSPECT).shape == IMAGE.shape


@pytest.mark.parametrize("is_mirrored, x", [(False, 30), (True, 169)])
def test_correcting_takes_answers_and_the_mouse_until_its_end(made, tmp_path, is_mirrored, x):
    asked, samples = [], SampleStore(tmp_path / "own")
    glyph = np.zeros((28, 28), np.uint8)

    def start(image, page):
        asked.append(page)
        return Correction(image, [Piece(SEVEN.box, glyph, SEVEN), Piece(Box(120, 50, 20, 30), glyph)], samples)

    session = made(start_correction=start, is_mirrored=is_mirrored)
    take(session)
    session.do(7)
    assert session.correction is None, "an answer before the question means nothing"
    assert shown_after(session, Command.CORRECT).shape[0] > IMAGE.shape[0], "a band asks"
    assert asked == [page_with([SEVEN])] and session.stands_still
    session.mouse(cv2.EVENT_LBUTTONDOWN, 199 - 125 if is_mirrored else 125, 60, 0)
    assert session.correction.current is session.correction.pieces[1]
    session.mouse(cv2.EVENT_LBUTTONDOWN, x, 60, 0)
    assert session.correction.current is session.correction.pieces[0]
    session.do(Move.END)
    assert session.correction is None and not session.stands_still


def test_quitting_works_while_correcting(made, tmp_path):
    session = made(start_correction=lambda image, page: Correction(image, [], SampleStore(tmp_path)))
    take(session)
    shown_after(session, Command.CORRECT, Command.QUIT)
    assert session.wants_quit and not session.stands_still


def test_without_a_folder_to_keep_digits_in_a_correction_is_shown_all_the_same(made):
    session = made(FakePhotos())
    hypothesis = Hypothesis(Candidate(SEVEN.box, np.zeros((28, 28), np.uint8)), np.eye(11)[7], SEVEN.box)
    page = replace(page_with([SEVEN]), trace=Trace(np.zeros((9, 9), np.uint8), 1.0, (hypothesis,)))
    session.status(None)
    session.take(Frame(IMAGE, 0, 0.0, "0.jpg"), IMAGE.copy(), page)
    before = session.picture().copy()
    for asked in (Command.CORRECT, 1, Move.END):
        session.do(asked)
    assert not (session.picture() == before).all(), "7 has become 1"
    session.do(Command.CORRECT)
    assert session.correction.current.shown.digit == 1


def test_a_correction_lasts_as_long_as_the_digit_is_followed(made):
    named = []
    followed = replace(SEVEN, track=5)
    session = made(start_correction=lambda image, page: Correction(image, [Piece(SEVEN.box, GLYPH, followed)], None))
    session.tracker.name = lambda track, label: named.append((track, label))
    take(session, readings=[followed])
    for asked in (Command.CORRECT, 1, Move.END):
        session.do(asked)
    assert named == [(5, 1)]
