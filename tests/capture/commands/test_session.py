from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture.commands.command import Command
from capture.commands.correction import Correction, Move, Piece
from capture.commands.notes import MESSAGE_S
from capture.commands.session import CONFIDENCE_RANGE, Session
from capture.sinks.samples import Keeper
from capture.track.tracker import NoTracking
from capture.types import Box, Candidate, Digit, Frame, Hypothesis, Trace
from capture.view.mirror import mirrored
from model.errors import DigitsError
from tests.support.pages import page_with

IMAGE = np.full((120, 200, 3), 200, np.uint8)
GLYPH = np.zeros((28, 28), np.uint8)
SEVEN = Digit(Box(20, 50, 20, 30), 7, 0.9, np.zeros(11, np.float32))


class FakeSource:
    is_live = True
    is_stills = False
    size = (200, 120)
    canvas = None
    shows_sheet = False

    def note(self):
        return "camera lost"

    def title(self, frame):
        return ""


class FakePhotos(FakeSource):
    """Three photos, each as grey as ten times its number."""

    is_live, is_stills = False, True
    gone = ()

    def title(self, frame):
        return f"{frame.index}.jpg {frame.index + 1}/3"

    def reopen(self, index):
        if index in self.gone:
            raise DigitsError("gone")
        return Frame(photo(index), index, 0.0, f"{index}.jpg")


def photo(index):
    return np.full((120, 200, 3), 10 * index, np.uint8)


class FakeCanvas:
    def __init__(self):
        self.events = []
        self.image = np.full((120, 200, 3), 255, np.uint8)

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
    def make(source=None, **settings):
        return Session(
            source or FakeSource(),
            NoTracking(0.5),
            FakeRecorder(tmp_path),
            lambda image, trace: np.full((10, 10, 3), 55, np.uint8),
            tmp_path,
            clock=FakeClock(),
            **settings,
        )

    return make


def take(session, index=0, image=IMAGE, readings=(SEVEN,)):
    session.status(None)
    session.take(Frame(image, index, index / 10, "fake"), image.copy(), page_with(readings))
    return session.picture()


def shown_after(session, *commands):
    for command in commands:
        session.do(command)
    return session.picture()


def test_frames_are_shown_as_they_were_drawn(made):
    session = made()
    assert (take(session) == IMAGE).all()
    assert not session.stands_still and not session.wants_quit


def test_before_the_first_frame_one_can_only_quit(made):
    session = made()
    for command in Command:
        session.do(command)
    assert session.wants_quit and not session.is_mirrored and not session.recorder.is_recording


def test_pause_holds_the_picture_until_the_next_space(made):
    session = made()
    take(session)
    assert not (shown_after(session, Command.PAUSE) == IMAGE).all(), "the pause sign is drawn"
    assert session.stands_still
    session.do(Command.PAUSE)
    assert not session.stands_still


def test_what_stands_still_is_drawn_once(made):
    drawn = []
    session = made()
    session.inspect = lambda image, trace: drawn.append(image) or image
    take(session)
    before = shown_after(session, Command.PAUSE, Command.INSPECT)
    assert session.picture() is before and len(drawn) == 1
    assert shown_after(session, Command.INSPECT) is not before


def test_quitting_works_while_paused(made):
    session = made()
    take(session)
    shown_after(session, Command.PAUSE, Command.QUIT)
    assert session.wants_quit and not session.stands_still


def test_photos_wait_for_a_command_each(made):
    session = made(FakePhotos())
    for _ in range(2):
        take(session)
        assert session.stands_still
        session.do(Command.PAUSE)
        assert not session.stands_still


def test_inspection_shows_what_the_program_sees_until_asked_again(made):
    session = made()
    take(session)
    assert shown_after(session, Command.INSPECT).shape == (10, 10, 3)
    assert take(session).shape == (10, 10, 3)
    assert shown_after(session, Command.INSPECT).shape == IMAGE.shape


def test_help_lies_over_the_picture_until_asked_again(made):
    session = made()
    take(session)
    assert not (shown_after(session, Command.HELP) == IMAGE).all()
    assert (shown_after(session, Command.HELP) == IMAGE).all()


@pytest.mark.parametrize("is_mirrored, x", [(False, 30), (True, 169)])
def test_correcting_takes_answers_and_the_mouse_until_its_end(made, tmp_path, is_mirrored, x):
    asked, keeper = [], Keeper(tmp_path / "own")
    glyph = np.zeros((28, 28), np.uint8)

    def start(image, page):
        asked.append(page)
        return Correction(image, [Piece(SEVEN.box, glyph, SEVEN), Piece(Box(120, 50, 20, 30), glyph)], keeper)

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
    session = made(start_correction=lambda image, page: Correction(image, [], Keeper(tmp_path)))
    take(session)
    shown_after(session, Command.CORRECT, Command.QUIT)
    assert session.wants_quit and not session.stands_still


def grey_of(session):
    """The grey level of the photo that is shown, where nothing is drawn on it."""
    return int(session.picture()[70, 190, 0])


def take_photos(session, count=3):
    for index in range(count):
        take(session, index, photo(index), readings=())
        session.do(Command.PAUSE)


def test_one_can_go_back_through_the_photos_and_on_again(made):
    session = made(FakePhotos(), has_keys=True)
    take_photos(session, 2)
    take(session, 2, photo(2), readings=())
    seen = [grey_of(session)]
    for command in (Command.PREVIOUS, Command.PREVIOUS, Command.PREVIOUS, Command.PAUSE, Command.PAUSE):
        session.do(command)
        seen.append(grey_of(session))
        assert session.stands_still
    assert seen == [20, 10, 0, 0, 10, 20]
    session.do(Command.PAUSE)
    assert not session.stands_still, "the run goes on to a photo that was not shown yet"


def test_a_photo_that_is_gone_is_told_and_the_one_shown_stays(made):
    source = FakePhotos()
    source.gone = (0,)
    session = made(source)
    take_photos(session, 1)
    take(session, 1, photo(1), readings=())
    session.do(Command.PREVIOUS)
    assert grey_of(session) == 10 and session.stands_still
    assert "gone" in session.notes


def test_videos_have_no_photo_before(made):
    session = made()
    take(session)
    session.do(Command.PREVIOUS)
    assert not session.stands_still and not session.has_before


def test_photos_have_names_and_say_the_ways_on(made, monkeypatch):
    told = []
    monkeypatch.setattr(
        "capture.commands.shown.draw_page", lambda image, page, status=None, **_: told.append(status) or image
    )
    session = made(FakePhotos(), has_keys=True)
    take_photos(session, 1)
    take(session, 1, photo(1), readings=())
    assert told[-1].notes[:2] == ("1.jpg 2/3", "space: go on, b: back, h: help")


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


@pytest.mark.parametrize("has_keys", [True, False])
def test_the_first_hint_stays_until_the_first_key(made, has_keys):
    session = made(has_keys=has_keys)
    assert (take(session) == IMAGE).all() is not has_keys
    session.mouse(cv2.EVENT_MOUSEMOVE, 3, 3, 0)
    assert (take(session, 1) == IMAGE).all() is not has_keys
    shown_after(session, Command.MIRROR, Command.MIRROR)
    assert (take(session, 2) == IMAGE).all()


def test_an_empty_sheet_says_what_to_do_until_the_first_stroke(made):
    source = FakeSource()
    source.shows_sheet, sheet = True, np.full((120, 200, 3), 254, np.uint8)
    session = made(source)
    assert not (take(session, 0, sheet)[50:70] == sheet[50:70]).all()
    written = sheet.copy()
    written[10:20, 30:33] = 40
    assert (take(session, 1, written) == written).all()


def test_escape_leads_back_step_by_step_and_at_last_out(made):
    session = made()
    take(session)
    for command in (Command.PAUSE, Command.FULL_SCREEN, Command.INSPECT, Command.HELP):
        session.do(command)
    steps = []
    while not session.wants_quit:
        steps.append((session.is_helping, session.is_inspecting, session.is_full_screen, session.is_paused))
        session.do(Command.LEAVE)
    assert [sum(step) for step in steps] == [4, 3, 2, 1, 0]


def test_escape_never_loses_a_drawing(made):
    source = FakeSource()
    source.canvas = FakeCanvas()
    source.canvas.image[10:20, 30:33] = 40
    session = made(source)
    take(session)
    session.do(Command.LEAVE)
    assert not session.wants_quit
    assert any("s saves it" in note for note in session.notes)
    source.canvas.image[:] = 255
    session.do(Command.LEAVE)
    assert session.wants_quit


def test_mirroring_moves_the_boxes_too_and_labels_stay_readable(made):
    assert mirrored(page_with([SEVEN]), 200).digits[0].box == Box(160, 50, 20, 30)
    image = IMAGE.copy()
    image[50:80, 20:40] = 9
    assert (take(made(is_mirrored=True), image=image)[50:80, 160:180] == 9).all()


def test_numbers_are_not_mirrored(made, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "capture.commands.shown.draw_page",
        lambda image, page, status, **_: drawn.append(page.numbers) or image,
    )
    one = Digit(Box(45, 50, 10, 30), 1, 0.9, np.zeros(11, np.float32))
    take(made(is_mirrored=True), readings=[SEVEN, one])
    assert [number.text for number in drawn[0]] == ["71"]


def test_confidence_changes_in_steps_within_its_range(made):
    session = made()
    take(session)
    seen = []
    for command in (Command.STRICTER, Command.LAXER, Command.LAXER, *[Command.STRICTER] * 30):
        session.do(command)
        seen.append(session.tracker.min_confidence)
    assert seen[:3] == [0.55, 0.5, 0.45]
    assert seen[-1] == CONFIDENCE_RANGE[1]


def test_a_photo_is_shown_anew_as_soon_as_another_confidence_is_asked_for(made):
    session = made(FakePhotos())
    doubtful = replace(SEVEN, box=Box(120, 50, 20, 30), confidence=0.52)
    take(session, readings=(SEVEN, doubtful))
    seen = []
    for command in (Command.STRICTER, Command.LAXER):
        session.do(command)
        seen.append([number.text for number in session.numbers])
    assert seen == [["7"], ["7", "7"]]


def test_record_starts_and_stops_a_recording_and_says_so(made):
    session = made()
    take(session, 0)
    session.do(Command.RECORD)
    take(session, 1)
    assert session.status(None).recorded_s == pytest.approx(0.1)
    session.do(Command.RECORD)
    assert not session.recorder.is_recording
    assert "saved clip.mp4" in session.status(None).notes


def test_a_snapshot_saves_the_view_and_says_where(made, tmp_path):
    session = made()
    take(session)
    session.do(Command.SNAPSHOT)
    (snapshot,) = tmp_path.glob("*.png")
    assert session.snapshot == snapshot
    assert f"saved {snapshot.name}" in session.notes
    session.clock.now += MESSAGE_S + 0.1
    assert session.notes == ("camera lost",)


def test_a_snapshot_that_fails_is_told_and_the_run_goes_on(made, tmp_path):
    session = made()
    take(session)
    session.folder = tmp_path / "missing"
    session.do(Command.SNAPSHOT)
    assert session.snapshot is None and not session.wants_quit
    assert any("missing" in note for note in session.notes)


def test_a_lasting_trouble_brings_a_hint(made):
    session = made()
    for index in range(30):
        take(session, index, image=np.zeros_like(IMAGE), readings=())
    assert any("dark" in note for note in session.notes)


def test_an_empty_sheet_is_not_too_bright(made):
    source = FakeSource()
    source.shows_sheet = True
    session = made(source)
    for index in range(30):
        take(session, index, image=np.full_like(IMAGE, 255), readings=())
    assert session.notes == ("camera lost",)


def test_hints_can_be_turned_off(made):
    session = made(gives_hints=False)
    for index in range(30):
        take(session, index, image=np.zeros_like(IMAGE), readings=())
    assert session.notes == ("camera lost",)


@pytest.mark.parametrize("is_mirrored, x", [(False, 30), (True, 169)])
def test_the_mouse_writes_on_the_canvas_where_it_points(made, is_mirrored, x):
    source = FakeSource()
    source.canvas = FakeCanvas()
    session = made(source, is_mirrored=is_mirrored)
    take(session)
    session.do(Command.CLEAR)
    session.mouse(1, 30, 40, 1)
    assert source.canvas.events == ["clear", (1, x, 40, 1)]
