import errno
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from capture.boxes import Box
from capture.loop import Summary
from capture.sinks.stdout import READER_GONE
from capture.terminal import MAX_ERRORS_TOLD, MAX_NUMBERS_TOLD, Terminal, tell
from capture.types import Digit, Frame, Page
from tests.support.pages import page_with

IMAGE = np.zeros((100, 100, 3), np.uint8)


class FakeSource:
    name = "clip.mp4"
    opened_as = "camera 0: 640x480"
    left_out = ()

    def __init__(self, is_stills, is_live=False, note=""):
        self.is_stills, self.is_live, self.note = is_stills, is_live, lambda: note


class FakeSink:
    problem = None

    def __init__(self, path="out.mp4"):
        self.path = Path(path)


def frame(index=0, source="a.jpg", error=None):
    return Frame(IMAGE, index, index / 10, source, error)


def seven(digit=7):
    return [Digit(Box(10, 10, 20, 30), digit, 0.9, np.zeros(11, np.float32))]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("straße 七 é.jpg", "straße 七 é.jpg", id="any alphabet"),
        pytest.param("b\x1b]0;PWNED\x07.jpg", r"b\x1b]0;PWNED\x07.jpg", id="escape codes"),
        pytest.param("a\r\nb\tc", r"a\r\nb\tc", id="lines"),
        pytest.param("\x9b31m", r"\x9b31m", id="C1 controls"),
        pytest.param("gpj\u202e.exe", r"gpj\u202e.exe", id="direction of writing"),
        pytest.param("caf\udce9.jpg", r"caf\xe9.jpg", id="bytes that are no UTF-8"),
    ],
)
def test_nothing_from_outside_steers_the_terminal(text, shown, capsys):
    tell(text)
    with Terminal(FakeSource(is_stills=True), [], True, None) as terminal:
        terminal.write(frame(source=text), IMAGE, Page())
        terminal.write(frame(error=f"{text}: no picture"), IMAGE, Page())
    told = capsys.readouterr()
    assert told.out == f"{shown}: -\n"
    assert told.err == f"{shown}\n{shown}: no picture\n"


class BrokenStream(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stream", [BrokenStream(), None], ids=["full", "none"])
def test_a_stderr_that_takes_nothing_ends_no_run(stream, monkeypatch):
    monkeypatch.setattr("sys.stderr", stream)
    with Terminal(FakeSource(is_stills=True), [], False, 3) as terminal:
        terminal.write(frame(error="bad.jpg: cut short"), IMAGE, Page())
        tell("more")


@pytest.mark.parametrize("is_stills, told", [(True, 40), (False, MAX_ERRORS_TOLD + 1)], ids=["photos", "video"])
def test_a_video_of_bad_frames_does_not_flood_the_terminal(is_stills, told, capsys):
    with Terminal(FakeSource(is_stills), [], False, None) as terminal:
        for index in range(40):
            terminal.write(frame(index, error=f"frame {index}: cannot be read"), IMAGE, Page())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == told
    assert lines[0] == "frame 0: cannot be read"


def test_photos_give_a_line_each(capsys):
    with Terminal(FakeSource(is_stills=True), [], True, 2) as terminal:
        terminal.write(frame(source="a.jpg"), IMAGE, page_with(seven()))
        terminal.write(replace(frame(source="b.pdf"), page=2), IMAGE, page_with([]))
    assert capsys.readouterr().out == "a.jpg: 7\nb.pdf, page 2: -\n"


def test_a_video_gives_a_line_when_the_numbers_change(capsys):
    with Terminal(FakeSource(is_stills=False), [], True, None) as terminal:
        for index, readings in enumerate([[], seven(), seven(), seven(4), []]):
            terminal.write(frame(index), IMAGE, page_with(readings))
    assert capsys.readouterr().out == "0.10 s: 7\n0.30 s: 4\n0.40 s: -\n"


def test_a_lost_camera_is_told_once_and_its_return_too(capsys):
    source = FakeSource(is_stills=False, note="camera lost: trying again")
    with Terminal(source, [], True, None) as terminal:
        for index, kind in enumerate(["new", "slow", "lost", "lost", "new", "new"]):
            one = replace(frame(index), is_new=kind == "new", is_stale=kind == "lost")
            terminal.write(one, IMAGE, page_with(seven() if one.is_new else []))
        told = capsys.readouterr()
    assert told.out == "0.00 s: 7\n", "what is not new changes no number"
    assert told.err == "clip.mp4: camera lost: trying again\nclip.mp4: back after 0.2 s\n"


def test_numbers_are_not_printed_when_they_go_to_a_file(capsys):
    with Terminal(FakeSource(is_stills=True), [], False, None) as terminal:
        terminal.write(frame(), IMAGE, page_with(seven()))
    assert capsys.readouterr().out == ""


def test_problems_are_told_once_and_remembered(capsys):
    sink = FakeSink()
    with Terminal(FakeSource(is_stills=False), [sink], True, None) as terminal:
        terminal.write(frame(), IMAGE, page_with([]))
        assert not terminal.has_problems
        sink.problem = "out.mp4: the disk is full"
        terminal.write(frame(1), IMAGE, page_with([]))
        terminal.write(frame(2), IMAGE, page_with([]))
    assert terminal.has_problems
    assert capsys.readouterr().err == "out.mp4: the disk is full\n"


def test_an_unreadable_picture_is_told_on_stderr_and_has_no_numbers(capsys):
    with Terminal(FakeSource(is_stills=True), [], True, None) as terminal:
        terminal.write(frame(error="a.jpg: is empty"), IMAGE, page_with([]))
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "a.jpg: is empty\n")


@pytest.mark.parametrize("is_terminal, has_bar", [(True, True), (False, False)])
def test_the_progress_bar_is_for_terminals_only(monkeypatch, capsys, is_terminal, has_bar):
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    with Terminal(FakeSource(is_stills=True), [], False, 3) as terminal:
        for index in range(3):
            terminal.write(frame(index), IMAGE, page_with([]))
    assert ("0/3" in capsys.readouterr().err) == has_bar


@pytest.mark.parametrize(
    "prints_numbers, problems, is_in_vain",
    [
        (True, [], False),
        (True, ["full"], False),
        (False, [None], False),
        (False, ["full", None], False),
        (False, ["full", "full"], True),
    ],
)
def test_a_run_is_in_vain_when_nothing_takes_its_results(prints_numbers, problems, is_in_vain):
    sinks = [FakeSink() for _ in problems]
    for sink, problem in zip(sinks, problems, strict=True):
        sink.problem = problem
    with Terminal(FakeSource(is_stills=False), sinks, prints_numbers, None) as terminal:
        assert terminal.is_in_vain(frame(), IMAGE, []) == is_in_vain


def test_a_closed_stdout_is_no_problem(capsys):
    sink = FakeSink("-")
    sink.problem = READER_GONE
    with Terminal(FakeSource(is_stills=False), [sink], False, None) as terminal:
        terminal.write(frame(), IMAGE, page_with([]))
    assert not terminal.has_problems
    assert capsys.readouterr().err == ""


def test_what_a_camera_granted_and_what_was_written_is_told(capsys, tmp_path):
    kept, gone = FakeSink(tmp_path / "out.mp4"), FakeSink(tmp_path / "gone.mp4")
    kept.path.touch()
    with Terminal(FakeSource(is_stills=False, is_live=True), [kept, gone], True, None):
        pass
    assert capsys.readouterr().err == f"camera 0: 640x480\nwritten: {kept.path}\n"


def test_what_a_folder_holds_besides_is_told_at_the_start(capsys):
    source = FakeSource(is_stills=True)
    source.left_out = "photos: no pictures by their names, so left out: clip.mp4", "photos: more"
    with Terminal(source, [], True, None):
        assert capsys.readouterr().err.splitlines() == list(source.left_out)


def test_frames_that_a_recording_lacks_are_told(capsys, tmp_path):
    sink = FakeSink(tmp_path / "out.mp4")
    sink.path.touch()
    sink.dropped = 12
    with Terminal(FakeSource(is_stills=False), [sink], True, None):
        pass
    assert "12 frames left out" in capsys.readouterr().err


@pytest.mark.parametrize("count", [0, 9])
@pytest.mark.parametrize("is_here", [False, True])
def test_a_folder_of_pictures_says_how_many_it_got(count, is_here, capsys, tmp_path):
    sink = FakeSink("." if is_here else tmp_path)
    sink.written = count
    with Terminal(FakeSource(is_stills=True), [sink], True, None):
        pass
    assert capsys.readouterr().err == f"written: {sink.path} (pictures: {count})\n"


@pytest.mark.parametrize("is_live, told", [(False, "clip.mp4: damaged frames left out\n"), (True, "")])
def test_damage_in_a_file_is_told_at_the_end(is_live, told, capsys):
    source = FakeSource(is_stills=False, is_live=is_live, note="damaged frames left out")
    with Terminal(source, [], True, None):
        capsys.readouterr()
    assert capsys.readouterr().err == told


def test_the_summary_counts_what_could_not_be_read(capsys):
    with Terminal(FakeSource(is_stills=True), [], True, None) as terminal:
        terminal.tell_summary(Summary(frames=12, unreadable=3))
    assert capsys.readouterr().err.startswith("12 pictures, 3 unreadable, ")


@pytest.mark.parametrize("count, end", [(0, "nothing"), (2, "7 7"), (99, "7 7 7 ...")])
def test_the_summary_is_one_short_line(capsys, count, end):
    with Terminal(FakeSource(is_stills=False), [], True, None) as terminal:
        terminal.tell_summary(Summary(frames=3, numbers=["7"] * count))
    told = capsys.readouterr().err
    assert told.startswith("3 frames")
    assert told.endswith(f"{end}\n")
    assert told.count("7") <= MAX_NUMBERS_TOLD
