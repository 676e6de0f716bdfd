"""How a run is ended from outside: signals become exceptions, so that everything closes as it should."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Ctrl-C, kill, a terminal that closes, Windows' Ctrl-Break


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Let signals end the run as exceptions that close everything; afterwards all is as before.

    A hang-up that is ignored already stays so: that is how `nohup` starts a program.
    """
    if threading.current_thread() is not threading.main_thread():  # Python handles signals only there
        yield
        return
    before = {number: signal.signal(number, raise_for_signal) for number in signals_that_end()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def signals_that_end() -> list[signal.Signals]:
    """List the signals of this system that end the run."""
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    return [number for number in numbers if not is_hang_up(number) or signal.getsignal(number) != signal.SIG_IGN]


def is_hang_up(number: int) -> bool:
    """Say whether a signal says that the terminal is gone."""
    return number == getattr(signal, "SIGHUP", None)


def raise_for_signal(number: int, _stack_frame: object) -> None:
    """Raise what ends the run, once: a second signal must not cut the closing short."""
    ignore_signals()
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def ignore_signals() -> None:
    """Let signals pass from here on; SIG_IGN would make Python complain of one already on its way."""
    if threading.current_thread() is threading.main_thread():
        for number in signals_that_end():
            signal.signal(number, lambda *_: None)
