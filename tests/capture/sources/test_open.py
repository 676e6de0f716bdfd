"""The front door: which word opens what."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture.sources import demo as source_demo
from capture.sources.base import Source, SourceError, SourceOptions
from capture.sources.demo import DemoSource
from capture.sources.open import open_source
from capture.types import Frame
from tests.support.program import ROOT


def test_demo_is_repeatable_live_and_endless() -> None:
    options = SourceOptions(320, 180, fps=20)
    with open_source("demo:7", options) as first, open_source("demo:7", options) as second:
        pairs = list(itertools.islice(zip(first, second, strict=True), 3))
        assert first.is_live and not first.is_stills
        assert (first.size, first.fps, first.length, first.name) == ((320, 180), 20, None, "demo:7")
    assert all(np.array_equal(a.image, b.image) for a, b in pairs)
    assert [a.time_s for a, _ in pairs] == pytest.approx([0, 0.05, 0.1])
    assert pairs[0][0].image.shape == (180, 320, 3)


def test_demo_seeds_differ_and_have_a_default() -> None:
    options = SourceOptions(320, 180)
    with open_source("demo", options) as plain, open_source("demo:1", options) as other:
        assert plain.name == f"demo:{source_demo.DEFAULT_SEED}"
        assert not np.array_equal(next(iter(plain)).image, next(iter(other)).image)


def test_watched_demo_runs_at_its_true_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []

    class Clock:
        def wait_until(self, time_s: float) -> None:
            waited.append(time_s)

    monkeypatch.setattr(source_demo, "Pacer", Clock)
    with open_source("demo", SourceOptions(320, 180, fps=10, is_paced=True)) as source:
        list(itertools.islice(source, 3))
    assert waited == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize("spec", ["demo:", "demo:7"])
def test_seed_is_optional(spec: str) -> None:
    assert isinstance(open_source(spec), DemoSource)


@pytest.mark.parametrize("size", [(1, 1), (2, 1000), (1000, 15)])
def test_a_demo_too_small_to_be_drawn_is_told(size: tuple[int, int]) -> None:
    with pytest.raises(SourceError, match="too small to draw in; ask for --size 16x16"):
        open_source("demo", SourceOptions(*size))


@pytest.mark.parametrize("size", [(16, 16), (16, 2000), (2000, 16)])
def test_the_smallest_demo_is_drawn(size: tuple[int, int]) -> None:
    with open_source("demo", SourceOptions(*size)) as source:
        assert {frame.image.shape[:2] for frame in itertools.islice(source, 3)} == {size[::-1]}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("99999999999999999999", "there is no such camera"),
        ("~backup.jpg", "no such file"),
        ("~nobody/a.jpg", "no such file"),
        ("a" * 300 + ".jpg", "no such file"),
        ("a\0b.jpg", "no such file"),
        ("٣", "no such file"),
    ],
    ids=["camera number", "tilde", "home of nobody", "long name", "null", "digit of another script"],
)
def test_odd_names_are_answered_in_a_line(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as told:
        open_source(spec)
    assert "\n" not in str(told.value)


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="a root without rights is Linux's")
@pytest.mark.parametrize("spec", ["closed/a.png", "unlisted", "unlisted/*.png"])
def test_what_one_may_not_look_at_is_told(tmp_path: Path, spec: str) -> None:
    for name, mode in (("closed", 0o000), ("unlisted", 0o444)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "a.png").write_bytes(b"picture")
        folder.chmod(mode)
    code = (
        "import sys; from capture.sources.open import *\n"
        "try: print([frame.error for frame in open_source(sys.argv[1])])\n"
        "except SourceError as error: print(error)"
    )
    drop = "-dac_override,-dac_read_search"
    done = subprocess.run(
        [*f"setpriv --bounding-set {drop} --inh-caps {drop}".split(), sys.executable, "-c", code, tmp_path / spec],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "ermission denied" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("spec", ["demo:x", "demo:-1", "demo:1.5", "demo:²"])
def test_seed_is_a_whole_number(spec: str) -> None:
    with pytest.raises(SourceError, match="the seed must be a whole number"):
        open_source(spec)


@pytest.mark.parametrize(
    "spec", ["webcam", "-1", "1.5", "demos", "ftp://camera/video", "http://", "nix.mp4", "~/nix.jpg"]
)
def test_what_is_nothing_is_answered_with_what_there_is(spec: str) -> None:
    with pytest.raises(SourceError) as told:
        open_source(spec)
    assert str(told.value).startswith(f"{spec}: no such file or folder; --source takes a camera number")


@pytest.mark.parametrize("spec", ["192.168.1.20:8080", "192.168.1.20", "192.168.1.20:8080/video", "pi.local:80/a"])
def test_the_address_that_a_phone_shows_is_completed(spec: str) -> None:
    with pytest.raises(SourceError, match=re.escape(f"begins so: http://{spec}") + "$"):
        open_source(spec)


def test_a_file_named_like_a_source_is_meant_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1].tobytes()
    Path("demo").write_bytes(data)
    with open_source("./demo") as source:
        assert source.is_stills


@pytest.mark.parametrize("name", ["9999", "demo:a.png"])
def test_a_source_that_is_none_leads_to_the_file_of_its_name(
    name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"")
    with pytest.raises(SourceError, match=f"; for the file or folder of this name: ./{name}$"):
        open_source(name)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux keeps files there")
def test_a_file_in_memory_is_no_camera() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, "a.png")
        path.write_bytes(cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1].tobytes())
        for spec in (path, folder):
            with open_source(str(spec)) as source:
                assert source.is_stills


def test_a_file_may_be_named_by_its_address(tmp_path: Path) -> None:
    path = tmp_path / "été 1.png"
    path.write_bytes(cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1].tobytes())
    with open_source(path.as_uri()) as source:
        assert [frame.source for frame in source] == [str(path)]


def test_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1].tobytes())
    for spec in ("~/a.png", "~/*.png", "~"):
        with open_source(spec) as source:
            assert source.length == 1


def test_a_source_closes_whatever_happens() -> None:
    closed = []

    class Careful(Source):
        def __iter__(self):
            yield Frame(np.zeros((1, 1, 3), np.uint8), 0, 0.0, self.name)

        def close(self) -> None:
            closed.append(self.name)

    with pytest.raises(KeyboardInterrupt), Careful("a") as source:
        for _ in source:
            raise KeyboardInterrupt
    assert closed == ["a"]
