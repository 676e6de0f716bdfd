"""The command line: what is taken, what is refused with a word, and help that names every default and unit."""

import argparse
import sys

import pytest

from capture.options import build_parser, parse_args


def test_defaults_ask_for_nothing_special():
    args = parse_args([])
    assert (args.source, args.size, args.conf) == ("0", (1280, 720, 30.0), 0.5)
    assert (args.save, args.readings, args.clean, args.keep, args.show, args.max_frames) == (None,) * 6


@pytest.mark.parametrize(
    ("flag", "text", "value"),
    [
        ("--size", "16x16", (16, 16, 30.0)),
        ("--size", "1920X1080@12.5", (1920, 1080, 12.5)),
        ("--max-frames", "1", 1),
        ("--max-frames", "9" * 30, sys.maxsize),
        ("--conf", "1", 1.0),
        ("--conf", "0,25", 0.25),
        ("--save", "-5.png", "-5.png"),
        ("--duration", "0.5", 0.5),
    ],
)
def test_values_are_taken(flag, text, value):
    assert getattr(parse_args([f"{flag}={text}"]), flag.strip("-").replace("-", "_")) == value


@pytest.mark.parametrize("flag", ["--save", "--readings", "--clean", "--keep", "--weights", "--trust"])
def test_a_tilde_is_the_home_where_the_shell_has_left_it(flag, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("USERPROFILE", "/home/ann")
    assert str(getattr(parse_args([f"{flag}=~/a.mp4"]), flag.strip("-"))) in ("/home/ann/a.mp4", r"\home\ann\a.mp4")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("a.jpg", "a.jpg: no option takes this; name one source, as in --source a.jpg or, in quotes, --source '*.jpg'"),
        ("--source 1.jpg 2.jpg 3.jpg 4.jpg 5.jpg", "2.jpg 3.jpg 4.jpg ...: no option takes this"),
        ("--source a.jpg --source b.jpg", "--source: is given twice"),
        ("--source 0 --source 0", "--source: is given twice"),
        ("--readings a.csv --readings b.jsonl", "--readings: is given twice"),
        ("--colour red", "there is no option --colour; --help lists them all"),
    ],
)
def test_nothing_that_was_named_is_left_out_in_silence(words, complaint, capsys):
    with pytest.raises(SystemExit, match="2"):
        parse_args(words.split())
    told = capsys.readouterr().err
    assert told.startswith(f"run_camera.py: error: {complaint}") and told.count("\n") == 1


@pytest.mark.parametrize(
    ("flag", "text", "complaint"),
    [
        ("--size", "1x1", "has a side outside 16 to 8192 pixels; try 1280x720"),
        ("--size", "2x1000", "has a side outside"),
        ("--size", "100000x100000", "has a side outside"),
        ("--size", "0x0", "has a side outside"),
        ("--size", "large", "is not a size; write it as 1280x720"),
        ("--size", "640x480@0", "is not a positive number"),
        ("--size", "640x480@1e300", "more than 1000 frames a second"),
        ("--max-frames", "0", "not a whole number"),
        ("--max-frames", "9" * 5000, "--max-frames"),
        ("--conf", "1.5", "not a number from 0 to 1"),
        ("--conf", "nan", "not a number from 0 to 1"),
        ("--conf", "50%", "not a number from 0 to 1; try 0.5"),
        ("--duration", "inf", "not a positive number"),
        ("--duration", "10s", "not a positive number; write it as 10 or 2.5"),
        ("--max-megapixels", "many", "not a positive number"),
        ("--readings", "", "the name is empty"),
        ("--save", " ", "the name is empty"),
        ("--keep", "", "the name is empty"),
        ("--save", "--mirror", "its value is missing; one that begins with a dash is written --save=VALUE"),
        ("--conf", "\x1b]0;PWNED\x07", r"\x1b]0;PWNED\x07"),
    ],
)
def test_values_are_refused_with_a_word(flag, text, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_args([flag, text])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert complaint in told.replace("\\\\", "\\")
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("words", "shown", "address"),
    [
        ("--show", "window", None),
        ("--show window", "window", None),
        ("--show browser", "browser", None),
        ("--no-show", False, None),
        ("--source browser", "browser", None),
        ("--source browser --no-show", "browser", None),
        ("--show browser --listen 0.0.0.0:8080", "browser", ("0.0.0.0", 8080)),
    ],
)
def test_a_run_is_shown_in_a_window_or_a_browser(words, shown, address):
    args = parse_args(words.split())
    assert (args.show, args.listen) == (shown, address)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--show tv", "invalid choice"),
        ("--source browser --show window", "leave --show window out"),
        ("--listen 127.0.0.1:80", "add --show browser"),
        ("--show browser --listen nowhere:http", "is no address; write it as 127.0.0.1:8765"),
    ],
)
def test_pages_that_cannot_be_are_refused_with_a_word(words, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_args(words.split())
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_help_is_in_groups_and_every_option_says_its_default():
    text = build_parser().format_help()
    groups = [text.index(f"\n{name}:\n") for name in ("input", "output", "reading", "showing")]
    assert groups == sorted(groups)
    options = [action for action in build_parser()._actions if action.dest not in ("help", "doctor", argparse.SUPPRESS)]
    assert len(options) >= 13
    assert [action.dest for action in options if "(default: " not in action.help] == []


def test_the_version_names_what_reads(capsys):
    with pytest.raises(SystemExit) as ended:
        parse_args(["--version"])
    line = capsys.readouterr().out
    assert not ended.value.code
    for part in ("run_camera.py ", "weights ", "Python 3.", "opencv-python 5.", "ai-edge-litert "):
        assert part in line
