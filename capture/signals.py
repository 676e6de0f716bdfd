"""How a run is ended from outside: Ctrl-C and SIGTERM become exceptions, so that everything closes as it should."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS_THAT_END = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run as exceptions that close everything; afterwards all is as before."""
    if threading.current_thread() is not threading.main_thread():  # Python handles signals only there
        yield
        return
    before = {number: signal.signal(number, raise_for_signal) for number in SIGNALS_THAT_END}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_for_signal(number: int, _stack_frame: object) -> None:
    """Raise what ends the run, once: a second signal must not cut the closing short."""
    ignore_signals()
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def ignore_signals() -> None:
    """Let Ctrl-C and SIGTERM pass from here on; SIG_IGN would make Python complain of one already on its way."""
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS_THAT_END:
            signal.signal(number, lambda *_: None)
