"""The reader thread: newest picture only, counted drops, reconnecting with back-off, never in the way of an exit."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from capture.sources import live
from capture.sources.base import SourceError
from capture.sources.live import NewestPicture

PATIENCE_S = 5.0
LOST = None


class FakeFeed:
    """Gives what the test puts in: shades of pictures, LOST, an exception to raise; waits when there is nothing."""

    skipped = 0

    def __init__(self, *items: int | Exception | None) -> None:
        self.items: queue.Queue = queue.Queue()
        for item in items:
            self.items.put(item)
        self.is_closed = threading.Event()

    def read(self) -> np.ndarray | None:
        item = self.items.get(timeout=PATIENCE_S)
        if isinstance(item, Exception):
            raise item
        return item if item is LOST else np.full((2, 3, 3), item % 256, np.uint8)

    def close(self) -> None:
        self.is_closed.set()


class FakeClock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < end:
        time.sleep(0.002)
    return is_so()


@contextmanager
def reading(*feeds: FakeFeed | SourceError, clock: Callable[[], float] = time.perf_counter) -> Iterator[NewestPicture]:
    """Reads one feed after the other; closes, whatever the test did."""
    turns = iter(feeds)

    def connect() -> FakeFeed:
        turn = next(turns)
        if isinstance(turn, SourceError):
            raise turn
        return turn

    newest = NewestPicture(connect, clock)
    try:
        yield newest
    finally:
        for feed in feeds:
            if isinstance(feed, FakeFeed):
                feed.items.put(LOST)
        newest.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EARLY_RETRY_S", 0.001)
    monkeypatch.setattr(live, "MAX_RETRY_S", 0.01)


def shade(taken: tuple[np.ndarray, float] | None) -> int | None:
    return None if taken is None else int(taken[0][0, 0, 0])


def test_newest_wins_and_the_others_are_counted() -> None:
    feed = FakeFeed(*range(5))
    with reading(feed) as newest:
        assert eventually(lambda: newest.dropped == 4)
        assert shade(newest.take(PATIENCE_S)) == 4
        assert newest.take(0.01) is None
        feed.items.put(5)
        assert shade(newest.take(PATIENCE_S)) == 5
        assert newest.dropped == 4


def test_what_the_feed_skipped_counts_too() -> None:
    feed = FakeFeed(0)
    feed.skipped = 3
    with reading(feed) as newest:
        newest.take(PATIENCE_S)
        assert newest.dropped == 3


def test_times_count_from_the_first_picture_or_restart() -> None:
    clock, feed = FakeClock(), FakeFeed(0)
    with reading(feed, clock=clock) as newest:
        assert newest.take(PATIENCE_S)[1] == 0.0
        clock.now_s += 1.5
        feed.items.put(1)
        assert newest.take(PATIENCE_S)[1] == 1.5
        clock.now_s += 2
        assert (newest.now(), newest.silent_for()) == (3.5, 2.0)
        newest.restart()
        assert (newest.now(), newest.silent_for(), newest.dropped) == (0.0, 0.0, 0)


def test_restart_hands_over_what_was_not_taken() -> None:
    with reading(FakeFeed(0, 7)) as newest:
        assert eventually(lambda: newest.dropped == 1)
        assert newest.restart()[0, 0, 0] == 7
        assert newest.restart() is None


def test_a_lost_feed_is_closed_and_opened_again_until_it_is_back() -> None:
    first, third = FakeFeed(0, LOST), FakeFeed()
    with reading(first, SourceError("gone"), SourceError("still gone"), third) as newest:
        assert shade(newest.take(PATIENCE_S)) == 0
        assert first.is_closed.wait(PATIENCE_S)
        assert eventually(lambda: newest.is_lost)
        third.items.put(1)
        assert shade(newest.take(PATIENCE_S)) == 1
        assert not newest.is_lost
    assert third.is_closed.is_set()


def test_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    pauses_s = list(itertools.islice(live.retry_pauses(), live.EARLY_RETRIES + 6))
    early_s, later_s = pauses_s[: live.EARLY_RETRIES], pauses_s[live.EARLY_RETRIES :]
    assert sum(early_s) > 10 and max(early_s) <= 1, "who is back within 10 s is asked within a second"
    assert later_s == [1, 2, 4, 8, 8, 8]


@pytest.mark.parametrize("error", [SourceError("camera 7: cannot be opened"), ZeroDivisionError("a bug")], ids=repr)
def test_a_failure_at_the_start_and_any_bug_reach_the_taker(error: Exception) -> None:
    feeds = [error] if isinstance(error, SourceError) else [FakeFeed(error)]
    with reading(*feeds) as newest, pytest.raises(type(error), match=str(error)):
        newest.take(PATIENCE_S)


def test_a_bug_closes_the_feed() -> None:
    feed = FakeFeed(ZeroDivisionError())
    with reading(feed):
        assert feed.is_closed.wait(PATIENCE_S)


def test_closing_waits_for_the_thread_to_give_the_feed_back() -> None:
    feed = FakeFeed(*range(100_000))
    with reading(feed) as newest:
        newest.take(PATIENCE_S)
        newest.close()
        assert newest.is_closed and feed.is_closed.is_set()


def test_closing_does_not_wait_for_a_read_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "JOIN_S", 0.02)
    feed = FakeFeed()
    with reading(feed) as newest:
        newest.close()
        assert not feed.is_closed.is_set()
        assert newest._thread.daemon
    assert feed.is_closed.wait(PATIENCE_S)
