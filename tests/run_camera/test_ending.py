"""How the program ends: whatever ends it, the outputs are closed and play."""

import os
import signal

import pytest

from tests.support.program import END_S, ROOT, frame_count, lines_of, main, start, wait_for_lines
from tests.support.video_files import decode, wait_until
from tests.support.windows import close_as_a_user, find_window, kill, xdotool

pytestmark = pytest.mark.usefixtures("all_sevens")


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are sent on POSIX systems only")
class TestHowItEnds:
    @pytest.mark.parametrize(
        "signals, code",
        [
            ([signal.SIGINT], 130),
            ([signal.SIGTERM], 143),
            ([signal.SIGHUP], 129),
            ([signal.SIGINT] * 2, 130),
            ([signal.SIGTERM] * 2, 143),
        ],
        ids=["Ctrl-C", "SIGTERM", "the terminal closes", "Ctrl-C twice", "SIGTERM twice"],
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

    def test_a_killed_program_leaves_all_but_the_last_second(self, tmp_path):
        video, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
        child = start(*f"--source demo --no-show --size 320x240 --save {video} --readings {lines}".split())
        wait_for_lines(lines, 60)
        child.kill()
        child.communicate(timeout=END_S)
        *whole, _ = lines.read_text().split("\n")
        times = decode(video)[1]
        assert len(lines_of(lines)) == len(whole) >= 60, "each line is whole"
        assert lines_of(lines)[-1]["time_s"] - times[-1] < 1

    def test_handlers_are_given_back(self, photo):
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        main("--source", photo)
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.fixture
def recording(display, tmp_path):
    """The program in a window, recording by flag and by key: its process, its window, its two videos."""
    lines, by_flag = tmp_path / "out.jsonl", tmp_path / "out.mp4"
    arguments = f"--source demo --show --size 320x240 --save {by_flag} --readings {lines}".split()
    environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT)}
    with start(*arguments, cwd=tmp_path, env=environment) as child:
        try:
            wait_for_lines(lines, 1)
            window = find_window(display)
            xdotool(display, "key", "--window", window, "r")
            wait_until(lambda: any(path.stat().st_size > 1000 for path in tmp_path.glob("digits-*.mp4")), END_S)
            (by_key,) = tmp_path.glob("digits-*.mp4")
            yield child, window, by_flag, by_key
        finally:
            child.kill()


def test_a_closed_window_ends_the_run_and_its_recordings(recording, display):
    child, window, by_flag, by_key = recording
    close_as_a_user(display, window)
    told, complaints = child.communicate(timeout=END_S)
    assert (child.returncode, told) == (0, "")
    assert f"written: {by_flag}" in complaints and f"written: {by_key.name}" in complaints
    assert frame_count(by_flag) > frame_count(by_key) > 0


def test_a_display_that_breaks_off_leaves_the_recordings(recording, display):
    child, window, by_flag, by_key = recording
    kill(display, window)
    _, complaints = child.communicate(timeout=END_S)
    is_seen_in_time = child.returncode == 0  # the window was destroyed a moment before its connection was cut
    assert is_seen_in_time or "X11 connection broke" in complaints
    assert "Traceback" not in complaints
    assert frame_count(by_flag) >= frame_count(by_key) > 0
