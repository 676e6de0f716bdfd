"""How the program ends: whatever ends it, the outputs are closed and play."""

import os
import signal

import pytest

from tests.program import END_S, frame_count, lines_of, main, start, wait_for_lines

pytestmark = pytest.mark.usefixtures("all_sevens")


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are sent on POSIX systems only")
class TestHowItEnds:
    @pytest.mark.parametrize(
        "signals, code",
        [
            ([signal.SIGINT], 130),
            ([signal.SIGTERM], 143),
            ([signal.SIGINT] * 2, 130),
            ([signal.SIGTERM] * 2, 143),
        ],
        ids=["Ctrl-C", "SIGTERM", "Ctrl-C twice", "SIGTERM twice"],
    )
    def test_signals_close_everything(self, signals, code, tmp_path):
        video, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
        child = start(*f"--source demo --no-show --size 320x240 --save {video} --readings {lines}".split())
        wait_for_lines(lines, 10)
        for number in signals:
            child.send_signal(number)
        _, complaints = child.communicate(timeout=END_S)
        assert child.returncode == code
        assert complaints.splitlines() == [
            "demo:0: 320x240 at 30 fps, drawn",
            f"written: {video}",
            f"written: {lines}",
        ]
        assert abs(frame_count(video) - len(lines_of(lines))) <= 1

    def test_handlers_are_given_back(self, photo):
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        main("--source", photo)
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
