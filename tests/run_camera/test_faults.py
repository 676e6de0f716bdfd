"""Outputs that the world takes away: the run goes on without them, says so in a line, and keeps what there was."""

import signal
import sys

import pytest

from tests.support.program import END_S, lines_of, main, run_program, start, wait_for_lines
from tests.support.video_files import decode

pytestmark = [
    pytest.mark.usefixtures("all_sevens"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes, and holds open files"),
]
DEMO = "--source demo --no-show --size 320x240"
VIDEO_LIMIT_KIB = 200


def limit_file_size():
    """As a disk that is full from there on."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (VIDEO_LIMIT_KIB * 1024, VIDEO_LIMIT_KIB * 1024))


def test_a_full_disk_ends_the_video_and_not_the_readings(tmp_path):
    video, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    outputs = f"--save {video} --readings {lines}"
    done = run_program(*f"{DEMO} --max-frames 70 {outputs}".split(), capture_output=True, preexec_fn=limit_file_size)
    assert done.returncode == 1
    told = f"{video}: the recording has ended (file too large); what was recorded is kept"
    assert done.stderr.count(told) == 1 and "Traceback" not in done.stderr
    assert [line["frame"] for line in lines_of(lines)] == list(range(70))
    times = decode(video)[1]
    assert times == pytest.approx([line["time_s"] for line in lines_of(lines)][: len(times)], abs=0.001)
    assert 10 < len(times) < 70


def test_outputs_that_are_removed_end_the_run_when_none_is_left(tmp_path):
    outputs = [tmp_path / name for name in ("out.mp4", "clean.mp4", "out.jsonl")]
    flags = zip(("--save", "--clean", "--readings"), outputs, strict=True)
    child = start(*DEMO.split(), *(argument for pair in flags for argument in pair))
    wait_for_lines(outputs[2], 10)
    for path in outputs:
        path.unlink()
    _, complaints = child.communicate(timeout=END_S)
    assert child.returncode == 1
    for path in outputs:
        assert complaints.count(f"{path}: the recording has ended, because somebody removed the file") == 1
    assert "Traceback" not in complaints


def test_a_video_that_is_removed_does_not_end_the_readings(tmp_path):
    video, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    child = start(*DEMO.split(), *f"--max-frames 120 --save {video} --readings {lines}".split())
    wait_for_lines(lines, 5)
    video.unlink()
    _, complaints = child.communicate(timeout=END_S)
    assert child.returncode == 1
    assert len(lines_of(lines)) == 120
    assert "somebody removed the file" in complaints


@pytest.mark.parametrize("flag, name", [("--save", "out.mp4"), ("--clean", "out.mkv"), ("--readings", "out.csv")])
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's folder where nobody can write, root neither")
def test_a_folder_that_nobody_can_write_to_is_told_before_anything_is_read(flag, name, capsys):
    assert main("--source", "demo", flag, f"/proc/{name}") == 1
    assert f"/proc/{name}: cannot be written" in capsys.readouterr().err
