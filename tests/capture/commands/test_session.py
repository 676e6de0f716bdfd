import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.commands.command import Command
from capture.commands.notes import MESSAGE_S
from capture.commands.session import CONFIDENCE_RANGE
from capture.types import Digit
from capture.view.mirror import mirrored
from tests.support.pages import page_with
from tests.support.sessions import IMAGE, SEVEN, FakeCanvas, FakeSource, shown_after, take


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


def test_help_lies_over_the_picture_until_asked_again(made):
    session = made()
    take(session)
    assert not (shown_after(session, Command.HELP) == IMAGE).all()
    assert (shown_after(session, Command.HELP) == IMAGE).all()


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
