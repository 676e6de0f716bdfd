"""A camera is read on a thread of its own, whose readings are held back and let go here by hand."""

import queue
import threading
from dataclasses import replace

import numpy as np
import pytest

from capture.boxes import Box
from capture.live_reader import LiveReader
from capture.types import Digit, Frame, Page

IMAGE = np.zeros((100, 100, 3), np.uint8)
FPS = 60
UNREADABLE = 1  # frame
SPEED = 120  # px a second, to the right and half as fast down
NEVER_S = 1e9  # on a clock that has run out: nothing is waited for that need not be


def frame(index):
    return Frame(IMAGE, index, index / FPS, "fake")


class HeldReader:
    """Reads a frame when it is let go; the page says by its digit's place which frame it was."""

    def __init__(self):
        self.begun, self._go = queue.Queue(), threading.Semaphore(0)

    def __call__(self, frame):
        self.begun.put(frame.index)
        assert self._go.acquire(timeout=10)
        if frame.index == UNREADABLE:
            raise ValueError("cannot be read")
        box = Box(100 + 2 * frame.index, 100 + frame.index, 20, 40)
        return Page((Digit(box, 3, 0.9, np.eye(11, dtype=np.float32)[3], track=1),))

    def let_go(self):
        self._go.release()


class Steady:
    """A tracker that leaves pages as they are."""

    def update(self, frame, page):
        return page

    def velocities(self):
        return {1: SPEED + 0.5j * SPEED}


@pytest.fixture
def held():
    reader = HeldReader()
    yield reader
    for _ in range(10):
        reader.let_go()


def impatient(held, carry=None):
    """What reads by the held reader, on a clock that has run out."""
    ticks = iter(range(10**9))
    return LiveReader(held, Steady(), carry, clock=lambda: NEVER_S * next(ticks))


@pytest.fixture
def live(held):
    with impatient(held) as reader:
        yield reader
        for _ in range(10):
            held.let_go()


def settled(live, held, index):
    """The page of a frame before which one reading has come to its end."""
    held.let_go()
    live._pending.exception(timeout=10)
    return live(frame(index))


def test_frames_do_not_wait_and_get_the_last_page_moved_on(live, held):
    assert live(frame(0)) == Page()
    page = settled(live, held, 1)
    assert page.digits[0].box.top_left == (102, 101), "read in frame 0, and moved by a frame's time"
    assert [held.begun.get(timeout=10) for _ in range(2)] == [0, 1]
    assert live(frame(2)).digits[0].box.top_left == (104, 102), "and by two"
    assert held.begun.empty(), "one is read at a time"


def test_a_page_is_waited_for_where_the_last_one_is_too_old(live, held):
    live(frame(0))
    assert [live(frame(index)) for index in (1, 2)] == [Page()] * 2
    threading.Timer(0.05, held.let_go).start()
    threading.Timer(0.1, held.let_go).start()
    late = live(frame(9))
    assert late.digits[0].box.top_left == (118, 109), "read in this very frame, as the reading of frame 0 was too old"
    assert [held.begun.get(timeout=10) for _ in range(2)] == [0, 9]


CARRIED_ON = Page((Digit(Box(1, 2, 3, 4), 5, 0.9, np.eye(11, dtype=np.float32)[5]),))


def test_a_page_that_is_too_old_is_carried_on_rather_than_waited_for(held):
    seen = []

    def carry(page, before, now, cell_px):
        seen.append((before.max(), now.max()))
        return CARRIED_ON

    with impatient(held, carry) as live:
        live(frame(0))
        settled(live, held, 2)
        assert live(frame(2)) is not CARRIED_ON, "two frames old: it is moved as its digits were moving"
        late = replace(frame(5), image=np.full_like(IMAGE, 99))
        assert live(late) is CARRIED_ON
        assert seen == [(0, 99)], "from the picture that it was read in to this one"
        for _ in range(5):
            held.let_go()


@pytest.mark.parametrize(("index", "carried_on"), [(5, None), (9, CARRIED_ON)], ids=["lost", "older yet"])
def test_a_page_is_waited_for_where_it_cannot_be_carried_on(index, carried_on, held):
    with impatient(held, lambda *_: carried_on) as live:
        live(frame(0))
        settled(live, held, 2)
        for _ in range(5):
            held.let_go()
        assert live(frame(index)).digits[0].box.top_left == (100 + 2 * index, 100 + index), "read in this very frame"


def test_a_quick_reading_is_of_the_very_frame():
    asked = []

    def read(one):
        asked.append(one.index)
        return Page((Digit(Box(one.index, 0, 9, 9), 3, 0.9, np.eye(11, dtype=np.float32)[3]),))

    with LiveReader(read, Steady(), clock=lambda: 0.0) as live:  # time stands still: it is waited long enough
        assert [live(frame(index)).digits[0].box.x for index in range(5)] == asked == list(range(5))


def test_an_error_in_reading_is_raised_once_and_the_next_frame_is_read(live, held):
    live(frame(UNREADABLE))
    with pytest.raises(ValueError, match="cannot be read"):
        settled(live, held, UNREADABLE + 1)
    held.let_go()
    assert live(frame(UNREADABLE + 2)).digits
    assert [held.begun.get(timeout=10) for _ in range(2)] == [UNREADABLE, UNREADABLE + 2]
