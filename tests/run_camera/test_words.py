"""What the program says: results on stdout, messages on stderr, help that is true."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import run_camera
from tests.support.program import END_S, ROOT, main, run_program, start

pytestmark = pytest.mark.usefixtures("all_sevens")


class TestWhatItSays:
    def test_numbers_go_to_stdout_when_no_file_takes_them(self, photo, capsys):
        assert main("--source", photo) == 0
        assert capsys.readouterr().out == f"{photo}: 7777\n"

    def test_a_dash_sends_the_lines_to_stdout_and_nothing_else(self, photo, capsys):
        assert main("--source", photo, "--readings", "-") == 0
        assert len(json.loads(capsys.readouterr().out)["digits"]) == 4

    def test_it_says_where_it_left_its_files(self, photo, tmp_path, capsys):
        lines = tmp_path / "out.jsonl"
        main("--source", photo, "--readings", lines)
        assert f"written: {lines}" in capsys.readouterr().err

    def test_without_a_display_it_says_so_in_one_line_and_goes_on(self, photo, monkeypatch, capsys):
        monkeypatch.setenv("DISPLAY", "")
        monkeypatch.setattr("sys.platform", "linux")
        assert run_camera.main(["--source", str(photo)]) == 0
        told = capsys.readouterr()
        assert told.err.count("display") == 1
        assert "7777" in told.out

    @pytest.mark.parametrize("is_watched", [True, False])
    def test_without_a_display_who_watches_is_told_of_the_browser(self, photo, is_watched, monkeypatch, capsys):
        monkeypatch.setenv("DISPLAY", "")
        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr("sys.stderr.isatty", lambda: is_watched)
        run_camera.main(["--source", str(photo)])
        assert ("--show browser" in capsys.readouterr().err) is is_watched

    @pytest.mark.parametrize("name", ["README.md", "docs/README.fr.md"])
    def test_every_command_of_the_readme_has_flags_that_exist(self, name):
        readme = (ROOT / name).read_text(encoding="utf-8")
        commands = re.findall(r"python run_camera\.py([^`\n#]*)", readme)
        assert len(commands) > 10
        for command in commands:
            run_camera.parse_args([argument for argument in shlex.split(command) if argument != "--help"])

    def test_stdout_may_be_closed_at_any_time(self):
        child = start("--source", "demo", "--no-show", "--size", "160x120", "--readings", "-")
        assert json.loads(child.stdout.readline())["frame"] == 0
        child.stdout.close()
        assert child.wait(END_S) == 0
        assert "Traceback" not in child.stderr.read()
        child.stderr.close()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
    @pytest.mark.parametrize("readings", [[], ["--readings", "-"]], ids=["numbers", "readings"])
    def test_a_full_stdout_is_told_in_one_line(self, readings, photo):
        with Path("/dev/full").open("w") as full:
            done = run_program("--source", photo, "--no-show", *readings, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1
        assert done.stderr.startswith("stdout: no more readings are written (no space left on device)\n1 picture, ")

    @pytest.mark.skipif(os.name != "posix", reason="closes a file descriptor the POSIX way")
    def test_without_a_stderr_it_reads_all_the_same(self, photo):
        done = run_program("--source", photo, "--no-show", stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
        assert (done.returncode, done.stdout) == (0, f"{photo}: 7777\n")

    @pytest.mark.parametrize("arguments", [("--source", "demo", "--no-show", "--max-frames", "1"), ("--doctor",)])
    @pytest.mark.parametrize("module", ["cv2", "ai_edge_litert"])
    def test_a_missing_package_is_told_in_one_line_with_its_remedy(self, module, arguments):
        code = f"import sys, runpy; sys.modules[{module!r}] = None; sys.argv[0] = 'run_camera.py'; "
        code += "sys.path.insert(0, '.'); runpy.run_path('run_camera.py', run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=END_S,
            check=False,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "pip install -r requirements.txt" in done.stderr + done.stdout
