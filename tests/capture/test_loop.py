from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.loop import Summary, run
from capture.read.lines import group_numbers
from capture.read.reader import PageReader
from capture.track.tracker import NoTracking, Tracker
from capture.types import Digit, Frame, Page
from capture.view.panel import Status
from model.classifier import CLASSES
from tests.support.network import FakeNetwork

BLANK = np.full((60, 80, 3), 200, np.uint8)


def frames(count, error=None):
    return [Frame(BLANK.copy(), i, i / 10, "fake", error) for i in range(count)]


def page_of_sevens(*xs):
    digits = tuple(Digit(Box(x, 20, 10, 20), 7, 0.9, np.eye(11, dtype=np.float32)[7]) for x in xs)
    return Page(digits, group_numbers(digits))


def read_seven(frame):
    return page_of_sevens(30)


class ListSink:
    def __init__(self):
        self.got = []

    def write(self, frame, view, page):
        self.got.append((frame, view, page))


class TimesTracker:
    def __init__(self):
        self.times = []

    def update(self, frame, page):
        self.times.append(frame.time_s)
        return page


def test_every_frame_goes_to_every_sink_in_order():
    sinks = [ListSink(), ListSink()]
    summary = run(frames(3), read_seven, NoTracking(), sinks)
    for sink in sinks:
        assert [frame.index for frame, _, _ in sink.got] == [0, 1, 2]
        assert all(page.digits[0].digit == 7 for _, _, page in sink.got)
    assert (summary.frames, summary.digits, summary.numbers) == (3, 3, ["7"])


def test_the_view_is_drawn_on_and_the_frame_is_not():
    sink = ListSink()
    run(frames(1), read_seven, NoTracking(), [sink])
    frame, view, _ = sink.got[0]
    assert (frame.image == BLANK).all()
    assert not (view == BLANK).all()


def test_nothing_is_drawn_where_nobody_sees_it():
    sink = ListSink()
    run(frames(2), read_seven, NoTracking(), [sink], is_seen=False)
    assert all(view is frame.image and page.digits for frame, view, page in sink.got)


def test_what_has_left_the_picture_is_not_shown():
    """A tracker carries a digit on with the sheet for a moment, also over the picture's edge."""

    sink = ListSink()
    run(frames(1), lambda frame: page_of_sevens(30, 74, 90), Tracker(), [sink])
    assert [digit.box.x for digit in sink.got[0][2].digits] == [30, 74]


def test_the_tracker_gets_the_frames_own_times():
    tracker = TimesTracker()
    run(frames(3), read_seven, tracker)
    assert tracker.times == [0.0, 0.1, 0.2]


def test_the_run_ends_when_the_window_asks_for_it_and_that_frame_is_kept():
    sink = ListSink()
    summary = run(frames(9), read_seven, NoTracking(), [sink], show=lambda frame, view, page: frame.index == 2)
    assert summary.frames == len(sink.got) == 3


def test_the_status_is_asked_for_each_frame():
    seen = []

    def status(summary):
        seen.append(summary.frames)
        return Status()

    run(frames(3), read_seven, NoTracking(), status=status)
    assert seen == [0, 1, 2]


def test_no_frames_are_no_trouble():
    summary = run([], read_seven, NoTracking())
    assert (summary.frames, summary.fps, summary.duration_s, summary.numbers) == (0, None, 0.0, [])


def test_a_source_that_breaks_off_leaves_what_came_before_with_the_sinks():
    def breaking():
        yield from frames(2)
        raise OSError("unplugged")

    sink = ListSink()
    with pytest.raises(OSError, match="unplugged"):
        run(breaking(), read_seven, NoTracking(), [sink])
    assert len(sink.got) == 2


def test_unreadable_pictures_are_counted():
    unreadable = Frame(np.zeros((0, 0, 3), np.uint8), 0, 0.0, "bad.jpg", "bad.jpg: is empty")
    assert run([unreadable, *frames(2)], lambda frame: Page(), NoTracking()).unreadable == 1


def lost_frames():
    """A new picture, the same again while the camera is slow, then lost, then back."""
    new, slow, lost, back = frames(4)
    return [new, replace(slow, is_new=False), replace(lost, is_new=False, is_stale=True), back]


def test_only_new_pictures_are_read():
    reads, sink, tracker = [], ListSink(), TimesTracker()

    def read(frame):
        reads.append(frame)
        return read_seven(frame)

    summary = run(lost_frames(), read, tracker, [sink])
    assert (len(reads), len(tracker.times), summary.digits) == (2, 2, 2)
    assert [len(page.digits) for _, _, page in sink.got] == [1, 0, 0, 1]


def test_a_slow_camera_keeps_its_digits_on_view_and_a_lost_one_is_dim_without():
    sink, shown = ListSink(), []
    statuses = iter([Status(fps=25)] * 4)

    def show(frame, view, page):
        shown.append(len(page.digits))
        return False

    run(lost_frames(), read_seven, NoTracking(), [sink], show=show, status=lambda _: next(statuses))
    new, slow, lost, _ = (view for _, view, _ in sink.got)
    assert np.array_equal(new, slow)
    assert np.array_equal(lost, np.full_like(lost, lost[0, 0, 0])), "no box, no number, no rate"
    assert lost.mean() < BLANK.mean() / 2
    assert shown == [1, 1, 0, 1]


def test_what_goes_wrong_in_one_frame_is_its_error_and_the_next_is_read():
    def read(frame):
        if not frame.image.any():
            raise ValueError("two\nlines")
        return read_seven(frame)

    sink = ListSink()
    bad = Frame(np.zeros((4, 5, 3), np.uint8), 7, 0.0, "a.png")
    summary = run([bad, *frames(1)], read, NoTracking(), [sink])
    assert [len(page.digits) for _, _, page in sink.got] == [0, 1]
    assert sink.got[0][0].error == "a.png, frame 7: cannot be read (ValueError: two lines; please report it)"
    assert summary.unreadable == 1


def test_a_frame_that_cannot_be_drawn_on_is_kept_as_it_is_and_the_next_one_comes(monkeypatch):
    """A picture of 100 megapixels is read, and then there is no memory for a copy of it."""
    drawn = iter([MemoryError(), BLANK])

    def draw(*_arguments, **_options):
        if isinstance(view := next(drawn), MemoryError):
            raise view
        return view

    monkeypatch.setattr("capture.loop.draw_page", draw)
    sink = ListSink()
    summary = run(frames(2), read_seven, NoTracking(), [sink])
    assert [frame.error for frame, _, _ in sink.got] == [
        "fake, frame 0: cannot be drawn on (not enough memory; make it smaller)",
        None,
    ]
    assert sink.got[0][1].shape == BLANK.shape
    assert summary.unreadable == 1


def test_the_rate_is_that_of_the_last_frames():
    times = iter([0.0, *np.arange(1, 41) * 1.0, *(40 + np.arange(1, 41) / 50)])
    summary = Summary(clock=lambda: next(times))
    for frame in frames(80):
        summary.count(frame, Page())
    assert summary.fps == pytest.approx(50)
    assert summary.duration_s == pytest.approx(40.8)


@st.composite
def wild_frames(draw):
    """Frames as no camera sends them: of changing size, of noise, with a clock that jumps."""
    shapes = draw(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    contrast = draw(st.integers(1, 256))
    return [
        Frame(rng.integers(0, contrast, (*shape, 3), np.uint8), i, draw(st.floats(-9, 9)), "wild")
        for i, shape in enumerate(shapes)
    ]


@given(wild_frames())
@settings(deadline=None, max_examples=60)
def test_wild_frames_go_through_all_stages(frames):
    network = FakeNetwork(lambda glyphs: np.full((len(glyphs), CLASSES), 1 / CLASSES, np.float32))
    sink = ListSink()
    summary = run(frames, PageReader(network, 0.0), Tracker(0.0), [sink])
    assert summary.frames == len(frames)
    assert [frame.error for frame, _, _ in sink.got] == [None] * len(frames)
    assert [view.shape for _, view, _ in sink.got] == [frame.image.shape for frame in frames]
