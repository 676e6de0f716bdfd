"""Readings as data: the contracted form, on the disk at once, and no exception whatever happens to the file."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from capture.boxes import Box
from capture.sinks.names import OutputError
from capture.sinks.readings import CSV_COLUMNS, CsvSink, JsonLinesSink, harmless_cell
from capture.types import Digit, Frame, Number, Page

ROOT = Path(__file__).resolve().parents[3]
IMAGE = np.zeros((72, 128, 3), np.uint8)


def reading(digit, x, track=None, confidence=0.98765432):
    return Digit(Box(x, 10, 8, 12), digit, np.float32(confidence), np.zeros(11, np.float32), track)


READINGS = [reading(4, 10, track=3), reading(7, 20), reading(1, 90)]


NUMBERS = (
    Number("47", Box(10, 10, 18, 12), 0.98765432, tuple(READINGS[:2])),
    Number("1", Box(90, 10, 8, 12), 0.98765432, (READINGS[2],)),
)
PAGE = Page(tuple(READINGS), NUMBERS)


def frame_at(index, time_s=0.0, **fields):
    return Frame(IMAGE, index, time_s, "straße.jpg", **fields)


def broken_frame(index):
    return Frame(np.zeros((0, 0, 3), np.uint8), index, 0.0, "bad.jpg", error="bad.jpg: cut short; copy it again")


def test_a_json_line_has_the_contracted_form(tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(frame_at(5, 1 / 3), IMAGE, PAGE)
    assert json.loads(sink.path.read_text("utf-8")) == {
        "source": "straße.jpg",
        "frame": 5,
        "time_s": 0.333333,
        "width": 128,
        "height": 72,
        "digits": [
            {"box_xywh_px": [10, 10, 8, 12], "digit": 4, "confidence": 0.9877, "track": 3},
            {"box_xywh_px": [20, 10, 8, 12], "digit": 7, "confidence": 0.9877, "track": None},
            {"box_xywh_px": [90, 10, 8, 12], "digit": 1, "confidence": 0.9877, "track": None},
        ],
        "numbers": [
            {"text": "47", "box_xywh_px": [10, 10, 18, 12], "confidence": 0.9877},
            {"text": "1", "box_xywh_px": [90, 10, 8, 12], "confidence": 0.9877},
        ],
    }


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_picture_that_is_not_new_says_so_in_its_line(tmp_path, is_stale):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(frame_at(0), IMAGE, Page())
        sink.write(frame_at(1, is_new=False, is_stale=is_stale), IMAGE, Page())
    new, old = (json.loads(line) for line in sink.path.read_text().splitlines())
    assert "stale" not in new
    assert (old["stale"], old["digits"], old["numbers"]) == (True, [], [])


def test_an_empty_page_and_a_bad_picture_have_their_lines(tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(frame_at(0), IMAGE, Page())
        sink.write(broken_frame(1), IMAGE, Page())
    empty, bad = map(json.loads, sink.path.read_text("utf-8").splitlines())
    assert (empty["digits"], empty["numbers"]) == ([], [])
    assert bad == {"source": "bad.jpg", "frame": 1, "error": "bad.jpg: cut short; copy it again"}


def test_a_page_of_several_is_named_since_frames_count_on_through_a_folder(tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as lines, CsvSink(tmp_path / "a.csv") as table:
        for sink in (lines, table):
            sink.write(frame_at(7, page=2), IMAGE, PAGE)
    assert json.loads(lines.path.read_text("utf-8"))["page"] == 2
    with table.path.open(encoding="utf-8", newline="") as file:
        assert {row["page"] for row in csv.DictReader(file)} == {"2"}


@pytest.mark.parametrize("kind", [JsonLinesSink, CsvSink])
def test_each_frame_is_on_the_disk_as_soon_as_it_is_written(tmp_path, kind):
    with kind(tmp_path / "a") as sink:
        sizes = []
        for index in range(3):
            sink.write(frame_at(index), IMAGE, PAGE)
            sizes.append(sink.path.stat().st_size)
    assert sizes[0] < sizes[1] < sizes[2] == sink.path.stat().st_size


def test_a_table_has_a_row_a_digit(tmp_path):
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.write(frame_at(0, 0.5), IMAGE, PAGE)
        sink.write(frame_at(1, 0.6), IMAGE, Page())
        sink.write(replace(broken_frame(2), page=6), IMAGE, Page())
    with sink.path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == CSV_COLUMNS
    assert rows == [
        ["straße.jpg", "0", "0.5", "4", "0.9877", "10", "10", "8", "12", "3", "47", "0", "", ""],
        ["straße.jpg", "0", "0.5", "7", "0.9877", "20", "10", "8", "12", "", "47", "0", "", ""],
        ["straße.jpg", "0", "0.5", "1", "0.9877", "90", "10", "8", "12", "", "1", "1", "", ""],
        ["bad.jpg", "2", "0.0", "", "", "", "", "", "", "", "", "", "bad.jpg: cut short; copy it again", "6"],
    ]


def test_a_table_has_its_header_from_the_first_frame_on(tmp_path):
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.write(frame_at(0), IMAGE, Page())
    assert (tmp_path / "a.csv").read_text("utf-8") == ",".join(CSV_COLUMNS) + "\n"


@pytest.mark.parametrize("kind", [JsonLinesSink, CsvSink])
def test_an_older_file_stays_until_there_is_a_frame(tmp_path, kind):
    (tmp_path / "a").write_text("old")
    with kind(tmp_path / "a"):
        pass
    assert (tmp_path / "a").read_text() == "old"


HOSTILE = "b\x1b]0;PWNED\x07\x9b31m\u202e\udce9.jpg"


def test_json_is_valid_and_steers_no_terminal_whatever_the_name(tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(replace(frame_at(0), source=HOSTILE), IMAGE, Page())
        sink.write(replace(broken_frame(1), error=f"{HOSTILE}: cut short"), IMAGE, Page())
    text = sink.path.read_bytes().decode("utf-8")
    assert text.replace("\n", "").isprintable()
    assert [json.loads(line).get("source") for line in text.splitlines()] == [HOSTILE, "bad.jpg"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+2.jpg", "'=1+2.jpg"),
        ("+cmd|'/c calc'!A0.jpg", "'+cmd|'/c calc'!A0.jpg"),
        ("-2+3.jpg", "'-2+3.jpg"),
        ("@SUM(A1).jpg", "'@SUM(A1).jpg"),
        ("\tx.jpg", "'\tx.jpg"),
        ("a=b.jpg", "a=b.jpg"),
        ("caf\udce9.jpg", "caf\\udce9.jpg"),
    ],
)
def test_no_cell_is_a_formula(tmp_path, name, cell):
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.write(replace(frame_at(0), source=name), IMAGE, Page((READINGS[0],)))
    with sink.path.open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == [cell]


@pytest.mark.parametrize("text", ["-12", "34.5", "-3,5", "4711"])
def test_numbers_stay_numbers_in_a_table(text):
    assert harmless_cell(text) == text
    assert harmless_cell(-0.5) == -0.5


def test_a_removed_file_is_told_and_nothing_is_raised(tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(frame_at(0), IMAGE, PAGE)
        sink.path.unlink()
        sink.write(frame_at(1), IMAGE, PAGE)
        sink.write(frame_at(2), IMAGE, PAGE)
    assert sink.problem == f"{sink.path}: the recording has ended, because somebody removed the file"
    assert not sink.path.exists()


def test_a_file_that_cannot_be_written_fails_at_once(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        JsonLinesSink(tmp_path / "file" / "a.jsonl")


CHILD = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from capture.types import Frame, Page
from capture.sinks.readings import JsonLinesSink
if sys.argv[1] != "-":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with JsonLinesSink(Path(sys.argv[1])) as sink:
    for index in range(2000):
        sink.write(Frame(np.zeros((9, 9, 3), np.uint8), index, index / 30, "child"), None, Page())
print(sink.problem, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_leaves_whole_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert child.stderr == f"{path}: the recording has ended (file too large); what was recorded is kept\n"
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["frame"] for line in lines] == list(range(len(lines)))
    assert len(lines) > 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells a closed pipe otherwise")
def test_a_reader_of_stdout_may_go_away():
    command = [sys.executable, "-c", CHILD, "-"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        first = json.loads(child.stdout.readline())
        child.stdout.close()
        complaint = child.stderr.read()
    assert first["frame"] == 0
    assert complaint == "stdout: its reader closed it; no more readings are written\n"
    assert child.returncode == 0


def test_a_device_given_for_an_output_is_never_removed(tmp_path):
    device = tmp_path / "null"
    device.symlink_to("/dev/null")
    with JsonLinesSink(device):
        pass
    assert device.is_symlink()
