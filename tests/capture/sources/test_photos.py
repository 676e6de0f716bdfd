"""Photos, folders and globs: which files are read, in which order, and what is said of those that cannot be."""

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path

import cv2
import pytest

from capture.sources.base import SourceError
from capture.sources.open import open_source
from capture.sources.photos import matching_paths, natural_key
from tests.support.pictures import (
    error_of,
    frames,
    halves,
    pages_saved,
    png,
    saved,
    shades,
    the_frame,
)


def test_odd_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "Fotos vom März [neu] *"
    folder.mkdir()
    odd = saved(folder / "七 8?.png", halves())
    misnamed = odd.rename(folder / "七 8?.jpg")
    nameless = saved(folder / "b.png", halves()).rename(folder / "nameless")
    for path in (misnamed, nameless):
        assert the_frame(path).source == str(path)
    assert [frame.source for frame in frames(folder)] == [str(misnamed)]


def test_folder_in_natural_order_without_what_is_no_picture(tmp_path: Path) -> None:
    for name in ("page10.png", "Page2.PNG", "page1.png", "._page1.png"):
        (tmp_path / name).write_bytes(cv2.imencode(".png", halves())[1].tobytes())
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "deeper.png").mkdir()
    with open_source(str(tmp_path)) as source:
        read = list(source)
        assert source.is_stills and not source.is_live and source.length == 3
        assert source.left_out == [f"{tmp_path}: no pictures by their names, so left out: notes.txt"]
    assert [Path(frame.source).name for frame in read] == ["page1.png", "Page2.PNG", "page10.png"]
    assert [frame.index for frame in read] == [0, 1, 2]


def test_a_folder_of_other_files_says_which(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"clip{number}.mp4").write_bytes(b"video")
    assert "only clip0.mp4, clip1.mp4, clip2.mp4, ...; name a video or picture itself" in error_of(tmp_path)


def test_pictures_in_subfolders_are_not_left_out_in_silence(tmp_path: Path) -> None:
    for name in ("a.png", "deeper/b.png", ".thumbnails/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, halves())
    with open_source(str(tmp_path)) as source:
        (told,) = source.left_out
    pattern = told.split("'")[1]
    assert [Path(frame.source).name for frame in frames(pattern)] == ["a.png", "b.png"]


def test_an_empty_folder_leads_to_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    saved(tmp_path / "deeper" / "a.png", halves())
    told = error_of(tmp_path)
    pattern = told.split("'")[1]
    assert [Path(frame.source).name for frame in frames(pattern)] == ["a.png"]


def test_pages_are_counted_through_a_folder(tmp_path: Path) -> None:
    pages_saved(tmp_path / "a.tif", (10, 20))
    pages_saved(tmp_path / "b.gif", (30, 40))
    saved(tmp_path / "c.png", halves())
    assert [(frame.index, frame.page) for frame in frames(tmp_path)] == [(0, 1), (1, 2), (2, 1), (3, 2), (4, None)]
    assert shades(tmp_path)[:4] == [10, 20, 30, 40]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_told_and_does_not_hang(tmp_path: Path) -> None:
    saved(tmp_path / "b.png", halves())
    os.mkfifo(tmp_path / "a.png")
    assert "is no ordinary file" in error_of(tmp_path / "a.png")
    assert [frame.error is None for frame in frames(tmp_path)] == [False, True]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", halves()).rename(tmp_path / os.fsdecode(b"caf\xe9.png"))
    assert the_frame(tmp_path).source == str(path)
    assert the_frame(path).error is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_folder_is_looked_into_once_however_many_links_lead_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    saved(tmp_path / "a" / "1.png", halves())
    for name in ("a/self", "a/again", "b"):
        (tmp_path / name).symlink_to(tmp_path / "a", target_is_directory=True)
    assert len(frames(tmp_path / "**" / "*.png")) == 1
    assert len(frames(tmp_path / "**")) == 1
    assert len(frames(tmp_path / "b" / "*.png")) == 1, "a link that is named is followed"


def test_patterns_mean_what_they_mean_to_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a1.png", "a2.png", "b.png", ".hidden.png", "sub/a3.png", ".cache/a4.png", "sub/deep/a5.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    for pattern in (
        "*.png",
        "a?.png",
        "a[2-9].png",
        "*/*.png",
        "**/*.png",
        "sub/**/*.png",
        "./a*",
        "**",
        "no/*",
        ".h*",
    ):
        for prefix in ("", f"{tmp_path}/"):
            found = {str(path) for path in matching_paths(prefix + pattern) if path.is_file()}
            by_library = {os.path.normpath(path) for path in glob.glob(prefix + pattern, recursive=True)}  # noqa: PTH207
            assert found == {path for path in by_library if Path(path).is_file()}, pattern


def test_glob_any_depth(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("1.png", "a/2.png", "a/b/3.png", "a/b/4.bmp"):
        saved(tmp_path / name, halves())
    assert len(frames(tmp_path / "*.png")) == 1
    assert len(frames(tmp_path / "**" / "*.png")) == 3
    assert len(frames(tmp_path / "a" / "b" / "*")) == 2


def test_natural_key_takes_any_name() -> None:
    names = ["b", "10", "9a", "9", "²", "a2b10", "a2b9", "٣"]
    ordered = [path.name for path in sorted(map(Path, names), key=natural_key)]
    assert ordered.index("9") < ordered.index("10") and ordered.index("a2b9") < ordered.index("a2b10")


BAD_FILES = [
    pytest.param("a.jpg", b"just text", "not a picture", id="text named jpg"),
    pytest.param("a.jpg", b"", "the file is empty", id="empty"),
    pytest.param("a.jpg", cv2.imencode(".jpg", halves())[1].tobytes()[:-30], "cut short", id="truncated jpeg"),
    pytest.param("a.png", cv2.imencode(".png", halves())[1].tobytes()[:-30], "cut short", id="truncated png"),
    pytest.param("a.png", png(40000, 40000, 0, b"\0"), "1600 megapixels, more than the 200 allowed", id="too large"),
    pytest.param("a.png", png(2_000_000, 1, 0, b"\0"), "cut short", id="wide, and short of data"),
    pytest.param("a.heic", b"\0\0\0\x18ftypheic" + bytes(50), "damaged", id="heic"),
    pytest.param("a.jpg", b"\xff\xd8" + b"\xff" * 4_000_000, "not a picture", id="fill bytes without end"),
    pytest.param("a.jpg", b"\xff\xd8" + b"\xff\xe5\0\2" * 20_000, "not a picture", id="segments without end"),
    pytest.param("a.pdf", b"just text", "not a picture", id="text named pdf"),
    pytest.param("a.pdf", b"%PDF-1.4 torn", "not a readable PDF", id="torn pdf"),
    pytest.param("a.tif", b"II*\0" + bytes(50), "not a picture", id="broken tiff"),
]


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES)
def test_a_bad_photo_is_an_error_alone_and_a_marked_frame_among_others(
    tmp_path: Path, name: str, content: bytes, words: str, capfd: pytest.CaptureFixture
) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    good = saved(tmp_path / "b.png", halves())
    assert error_of(bad).startswith(f"{bad}: ") and words in error_of(bad)
    first, second = frames(tmp_path)
    assert first.image.shape == (0, 0, 3) and words in first.error and first.source == str(bad)
    assert second.error is None and second.source == str(good)
    assert capfd.readouterr().err == "", "the libraries wrote to the terminal"


def test_no_right_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png", halves())

    def refuse(_self: Path, _mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert error_of(path) == f"{path}: cannot be read (Permission denied); check the name and your rights to it"


@pytest.mark.parametrize(
    ("spec", "words"),
    [("", "''"), ("nix.jpg", "no such file"), ("nix/*.jpg", "no picture matches"), (".", "no picture in this folder")],
)
def test_nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in error_of(spec)


def test_existing_name_is_no_glob(tmp_path: Path) -> None:
    path = saved(tmp_path / "scan[1].png", halves())
    saved(tmp_path / "scan1.png", halves())
    assert the_frame(path).source == str(path)


def test_a_picture_is_read_again_by_its_place_and_has_a_title(tmp_path: Path) -> None:
    for name, grey in (("a.png", 40), ("b.png", 80)):
        cv2.imwrite(str(tmp_path / name), halves() // 2 + grey)
    pages_saved(tmp_path / "c.tif", (40, 80))
    with open_source(str(tmp_path)) as source:
        read = list(source)
        for frame in read:
            again = source.reopen(frame.index)
            assert again.source == frame.source and (again.image == frame.image).all()
        titles = "c.tif 3/3, page 1", "c.tif 3/3, page 2"
        assert [source.title(frame) for frame in read] == ["a.png 1/3", "b.png 2/3", *titles]
        (tmp_path / "a.png").unlink()
        with pytest.raises(SourceError, match=r"a\.png: cannot be read"):
            source.reopen(0)


def test_one_file_counts_its_pages_and_a_single_picture_nothing(tmp_path: Path) -> None:
    with open_source(str(pages_saved(tmp_path / "c.tif", (40, 80)))) as source:
        assert [source.title(frame) for frame in source] == ["c.tif 1/2", "c.tif 2/2"]
    with open_source(str(saved(tmp_path / "a.png", halves()))) as source:
        assert [source.title(frame) for frame in source] == ["a.png"]
