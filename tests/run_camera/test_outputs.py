"""What a run does to files that are there already, to other runs beside it, and to streams that take nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import END_S, lines_of, main, run_program, start, wait_for_lines, write_photo

pytestmark = pytest.mark.usefixtures("all_sevens")
DEMO = "--source demo --no-show --size 320x240"


@pytest.mark.parametrize(
    "flags",
    [
        ("--save", "{old}", "--readings", "typo.txt"),
        ("--clean", "{old}", "--save", "typo.txt"),
        ("--save", "{old}", "--readings", "/proc/none.jsonl"),
        ("--save", "{old}", "--clean", "{old}"),
    ],
    ids=["a wrong second name", "a wrong first name", "no right to the second", "one name twice"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's folder where nobody can write, root neither")
def test_a_run_that_fails_leaves_what_was_there(tmp_path, flags):
    old = tmp_path / "old.mp4"
    old.write_bytes(b"an older recording")
    assert main("--source", "demo", "--max-frames", "2", *(flag.format(old=old) for flag in flags)) == 1
    assert old.read_bytes() == b"an older recording"
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.mp4"]


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are sent on POSIX systems only")
def test_ctrl_c_before_the_first_frame_leaves_what_was_there(tmp_path):
    """The camera answers, and sends nothing."""
    old = tmp_path / "old.mp4"
    old.write_bytes(b"an older recording")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/video"
        child = start("--source", address, "--no-show", "--save", old)
        silent.settimeout(END_S)
        connection, _ = silent.accept()
        with connection:
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=END_S)
    assert child.returncode == 130
    assert old.read_bytes() == b"an older recording"
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.mp4"]


def test_a_second_run_is_refused_and_the_first_is_whole(tmp_path, capsys):
    lines = tmp_path / "out.jsonl"
    first = start(*DEMO.split(), "--max-frames", "60", "--readings", lines)
    wait_for_lines(lines, 2)
    assert main(*DEMO.split()[:2], "--max-frames", "2", "--readings", lines) == 1
    assert f"{lines}: is being written by another run; wait for its end" in capsys.readouterr().err
    first.communicate(timeout=END_S)
    assert [line["frame"] for line in lines_of(lines)] == list(range(60))


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
class TestStreams:
    def test_a_full_stderr_ends_no_run(self, tmp_path):
        for number in range(3):
            write_photo(tmp_path / f"a{number}.png", "7")
            (tmp_path / f"b{number}.png").write_text("no picture")
        lines = tmp_path / "out.jsonl"
        with Path("/dev/full").open("w") as full:
            done = run_program("--source", tmp_path, "--no-show", "--jobs", "1", "--readings", lines, stderr=full)
        assert done.returncode == 1, "as some pictures could not be read; not 120, as Python ends by itself"
        assert len(lines_of(lines)) == 6

    @pytest.mark.parametrize("readings", [(), ("--readings", "-")], ids=["numbers", "readings"])
    @pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
    def test_stdout_is_utf_8_whatever_the_system_has(self, tmp_path, readings, encoding):
        photo = write_photo(tmp_path / "a.png", "7").rename(tmp_path / "七é.png")
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        command = [sys.executable, "run_camera.py", "--source", str(photo), "--no-show", *readings]
        done = subprocess.run(command, capture_output=True, env=environment, check=True, timeout=END_S)
        text = done.stdout.decode("utf-8")
        assert (json.loads(text)["source"] if readings else text.rpartition(": ")[0]) == str(photo)
