"""Output files: what existed is kept until something whole takes its place, and no two runs write to one."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from capture.sinks import files
from capture.sinks.files import OutputFile
from capture.sinks.locks import InUseError
from capture.sinks.names import OutputError

ROOT = Path(__file__).resolve().parents[3]
needs_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has neither FIFOs nor /dev/full")


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old\n")
    return path


def names_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_an_older_file_stays_when_nothing_whole_was_written(old):
    output = OutputFile(old)
    output.write(b"half a li")
    output.close()
    assert old.read_bytes() == b"old\n"
    assert names_in(old.parent) == ["out.jsonl"], "no passing file is left"


@pytest.mark.parametrize("can_replace_open_files", [True, False], ids=["POSIX", "Windows"])
def test_an_older_file_is_replaced_by_the_first_whole_part(old, can_replace_open_files, monkeypatch):
    monkeypatch.setattr(files, "CAN_REPLACE_OPEN_FILES", can_replace_open_files)
    output = OutputFile(old)
    output.write(b"new\n")
    assert old.read_bytes() == b"old\n"
    output.mark_whole()
    assert old.read_bytes() == b"new\n"
    output.write(b"more\n")
    output.check_still_there()
    output.close()
    assert old.read_bytes() == b"new\nmore\n"
    assert names_in(old.parent) == ["out.jsonl"]


@needs_posix
def test_the_rights_of_an_older_file_are_kept_and_links_go_on_leading_to_it(old):
    old.chmod(0o600)
    link = old.with_name("link.jsonl")
    link.symlink_to(old)
    output = OutputFile(link)
    output.write(b"new\n")
    output.mark_whole()
    output.close()
    assert link.is_symlink() and old.read_bytes() == b"new\n"
    assert old.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("is_old", [True, False], ids=["older file", "new file"])
@pytest.mark.parametrize("is_replaced", [True, False], ids=["first part in", "nothing in yet"])
def test_a_second_writer_is_refused_and_does_no_harm(tmp_path, is_old, is_replaced):
    path = tmp_path / "out.jsonl"
    if is_old:
        path.write_bytes(b"old\n")
    first = OutputFile(path)
    if is_replaced:
        first.write(b"first\n")
        first.mark_whole()
    with pytest.raises(InUseError, match=r"out\.jsonl: is being written by another run; wait for"):
        OutputFile(path)
    first.write(b"line\n")
    first.mark_whole()
    first.close()
    assert path.read_bytes().endswith(b"line\n")
    assert names_in(tmp_path) == ["out.jsonl"]
    OutputFile(path).close()  # and it is free again


@needs_posix
def test_another_program_is_refused_as_well_and_a_killed_one_leaves_no_lock(old):
    code = "import sys, time; from pathlib import Path; from capture.sinks.files import OutputFile\n"
    code += "kept = OutputFile(Path(sys.argv[1])); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, old], cwd=ROOT, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        with pytest.raises(InUseError):
            OutputFile(old)
        child.kill()
    OutputFile(old).close()


@needs_posix
def test_hard_links_are_one_file(old):
    os.link(old, old.with_name("b.jsonl"))
    first = OutputFile(old)
    with pytest.raises(InUseError):
        OutputFile(old.with_name("b.jsonl"))
    first.close()


@needs_posix
@pytest.mark.parametrize("passing", ["link", "file"])
def test_nobody_can_lay_a_trap_under_the_passing_name(old, passing, monkeypatch):
    victim, trap = old.with_name("victim"), old.with_name(".trap.part")
    victim.write_text("precious")
    trap.symlink_to(victim) if passing == "link" else os.link(victim, trap)
    monkeypatch.setattr(files, "passing_path", lambda path: trap)
    with pytest.raises(OutputError, match="cannot be written"):
        OutputFile(old)
    assert victim.read_text() == "precious"
    monkeypatch.undo()
    OutputFile(old).close()  # the failure has left no lock


@needs_posix
class TestWhatIsNoFile:
    def test_a_full_device_is_told_in_one_line(self, tmp_path):
        path = tmp_path / "full.jsonl"
        path.symlink_to("/dev/full")
        output = OutputFile(path)
        with pytest.raises(OutputError, match=r"full\.jsonl: the recording has ended \(no space left on device\)"):
            output.write(b"line\n")
        assert output.write(b"more") == 4, "it is swallowed"
        output.close()
        assert path.is_symlink()

    def test_a_fifo_takes_lines(self, tmp_path):
        path, read = tmp_path / "fifo.jsonl", []
        os.mkfifo(path)
        reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
        reader.start()
        output = open_when_read(path)
        for line in (b"one\n", b"two\n"):
            output.check_still_there()
            output.write(line)
            output.mark_whole()
        output.close()
        reader.join(10)
        assert read == [b"one\ntwo\n"]
        assert path.is_fifo()

    def test_a_fifo_that_nobody_reads_is_no_place_to_wait(self, tmp_path):
        os.mkfifo(tmp_path / "fifo.jsonl")
        with pytest.raises(OutputError, match=r"fifo\.jsonl: cannot be written"):
            OutputFile(tmp_path / "fifo.jsonl")


def open_when_read(path):
    for _ in range(1000):
        try:
            return OutputFile(path)
        except OutputError:
            threading.Event().wait(0.01)
    raise AssertionError("the reader never came")


def test_what_is_removed_and_made_anew_by_others_is_not_theirs_to_lose(tmp_path):
    path = tmp_path / "out.jsonl"
    output = OutputFile(path)
    path.unlink()
    path.write_text("")
    output.close()
    assert path.exists()
