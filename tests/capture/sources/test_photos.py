"""Photos of every depth and colour kind, and all that can be wrong with them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.sources.base import SourceError
from capture.sources.open import open_source
from capture.sources.photos import natural_key
from capture.types import Frame

LEFT, RIGHT = 30, 220  # shades of the two halves of the test picture
SIZE = (40, 24)
EXIF_TURN_RIGHT = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # orientation 6


def halves(dtype: type = np.uint8, channels: int = 3) -> np.ndarray:
    """Dark left, bright right half; `channels` 1 gives (H, W)."""
    image = np.full((SIZE[1], SIZE[0], channels), RIGHT, dtype)
    image[:, : SIZE[0] // 2] = LEFT
    image = image if dtype is np.uint8 else image * 257
    return image[:, :, 0] if channels == 1 else image


def saved(path: Path, image: np.ndarray, exif: bytes = b"") -> Path:
    kinds, blobs = ([cv2.IMAGE_METADATA_EXIF], [np.frombuffer(exif, np.uint8)]) if exif else ([], [])
    path.write_bytes(cv2.imencodeWithMetadata(path.suffix, image, kinds, blobs)[1].tobytes())
    return path


def frames(spec: str | Path) -> list[Frame]:
    with open_source(str(spec)) as source:
        return list(source)


def the_frame(spec: str | Path) -> Frame:
    (frame,) = frames(spec)
    return frame


def error_of(spec: str | Path) -> str:
    with pytest.raises(SourceError) as told:
        frames(spec)
    assert "\n" not in str(told.value)
    return str(told.value)


def png(width: int, height: int, colour_type: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG made by hand: for kinds that OpenCV does not write."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp", ".bmp", ".ppm"])
def test_colour_in_every_format(tmp_path: Path, suffix: str) -> None:
    frame = the_frame(saved(tmp_path / f"a{suffix}", halves()))
    assert frame.image.shape == (SIZE[1], SIZE[0], 3) and frame.image.dtype == np.uint8
    assert np.abs(frame.image.astype(int) - halves()).mean() < 3
    assert (frame.index, frame.time_s, frame.error) == (0, 0.0, None)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_depths_are_scaled_not_wrapped(tmp_path: Path, channels: int, dtype: type, suffix: str) -> None:
    image = the_frame(saved(tmp_path / f"a{suffix}", halves(dtype, channels))).image
    assert np.array_equal(image, halves())


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_transparency_becomes_white_paper(tmp_path: Path, dtype: type, suffix: str) -> None:
    pixels = halves(dtype, 4)
    pixels[:, :, 3] = 0
    pixels[:4, :, 3] = np.iinfo(dtype).max
    pixels[4:8, :, 3] = np.iinfo(dtype).max // 2
    image = the_frame(saved(tmp_path / f"a{suffix}", pixels)).image
    assert np.array_equal(image[:4], halves()[:4])
    assert np.abs(image[4:8].astype(int) - (halves()[4:8].astype(int) + 255) / 2).max() <= 1.5
    assert (image[8:] == 255).all()


def test_palette_with_and_without_transparency(tmp_path: Path) -> None:
    palette = (b"PLTE", bytes([0, 0, 200, 255, 0, 0, 9, 9, 9]))  # RGB: blue, red, nearly black
    rows = b"\0\x00\x01\x02"
    (tmp_path / "opaque.png").write_bytes(png(3, 1, 3, rows, palette))
    (tmp_path / "clear.png").write_bytes(png(3, 1, 3, rows, palette, (b"tRNS", bytes([255, 255, 0]))))
    assert the_frame(tmp_path / "opaque.png").image.tolist() == [[[200, 0, 0], [0, 0, 255], [9, 9, 9]]]
    assert the_frame(tmp_path / "clear.png").image.tolist() == [[[200, 0, 0], [0, 0, 255], [255, 255, 255]]]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_exif_turns_as_imread_does(tmp_path: Path, channels: int, suffix: str) -> None:
    pixels = halves(channels=channels if suffix == ".png" else 3)
    if pixels.shape[2] == 4:
        pixels[:, :, 3] = np.where(pixels[:, :, 0] == LEFT, 255, 0)
    path = saved(tmp_path / f"a{suffix}", pixels, EXIF_TURN_RIGHT)
    image = the_frame(path).image
    assert image.shape == cv2.imread(str(path)).shape == (SIZE[0], SIZE[1], 3)
    assert image[:10].mean() < LEFT + 5 and image[-10:].mean() > RIGHT - 5


def test_one_pixel(tmp_path: Path) -> None:
    assert the_frame(saved(tmp_path / "a.png", np.full((1, 1, 3), 7, np.uint8))).image.tolist() == [[[7, 7, 7]]]


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
    assert [Path(frame.source).name for frame in read] == ["page1.png", "Page2.PNG", "page10.png"]
    assert [frame.index for frame in read] == [0, 1, 2]


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
    pytest.param("a.png", png(40000, 40000, 0, b"\0"), "more pixels than", id="too large"),
    pytest.param("a.png", png(2_000_000, 1, 0, b"\0"), "not a picture", id="too wide"),
    pytest.param("a.heic", b"\0\0\0\x18ftypheic" + bytes(50), "convert it to JPEG", id="heic"),
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

    def refuse(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
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


VALID = {
    suffix: cv2.imencode(suffix, halves(channels=channels))[1].tobytes()
    for suffix, channels in ((".jpg", 3), (".png", 4), (".tif", 4), (".webp", 4), (".gif", 3), (".bmp", 3))
}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(sorted(VALID)),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=20),
    cut=st.booleans(),
)
def test_damage_of_any_kind_is_an_image_or_an_error(
    tmp_path: Path, suffix: str, at: float, junk: bytes, cut: bool
) -> None:
    data = VALID[suffix]
    start = int(at * len(data))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data[:start] + junk + (b"" if cut else data[start + len(junk) :]))
    try:
        image = the_frame(path).image
    except SourceError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        assert image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8 and image.size
