"""Frames are held back until their time, on a clock of the test's own."""

from __future__ import annotations

from capture.sources.base import MAX_CATCH_UP_S, Pacer


class FakeTime:
    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def test_frames_come_at_their_times_though_work_takes_some() -> None:
    time, moments = FakeTime(), []
    pacer = Pacer(time.clock, time.sleep)
    for index in range(5):
        pacer.wait_until(2.0 + 0.1 * index)
        moments.append(round(time.now - 100, 6))
        time.now += 0.04
    assert moments == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_a_little_late_is_caught_up() -> None:
    time = FakeTime()
    pacer = Pacer(time.clock, time.sleep)
    pacer.wait_until(0.0)
    time.now += MAX_CATCH_UP_S
    pacer.wait_until(0.1)
    pacer.wait_until(0.5)
    assert round(time.now - 100, 6) == 0.5


def test_after_a_pause_there_is_no_rush() -> None:
    time = FakeTime()
    pacer = Pacer(time.clock, time.sleep)
    pacer.wait_until(0.0)
    time.now += 60
    pacer.wait_until(0.1)
    pacer.wait_until(0.2)
    assert round(time.now - 160, 6) == 0.1
