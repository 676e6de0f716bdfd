"""Pictures of every format, depth, colour kind and number of pages, and sizes told before anything is decoded."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pypdfium2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from capture.sources import image_file
from capture.sources.base import SourceError, SourceOptions
from capture.sources.image_file import MAX_FILE_BYTES
from capture.sources.open import open_source
from tests.support.pictures import (
    EXIF_TURN_RIGHT,
    LEFT,
    RIGHT,
    SIZE,
    error_of,
    form_pdf,
    frames,
    halves,
    pages_saved,
    png,
    saved,
    shades,
    the_frame,
)


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


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_levels_of_fewer_bits_kept_in_sixteen_are_seen(tmp_path: Path, bits: int, suffix: str) -> None:
    levels = np.rint(halves(channels=1) / 255 * ((1 << bits) - 1)).astype(np.uint16)
    image = the_frame(saved(tmp_path / f"a{suffix}", levels)).image
    assert np.abs(image.astype(int) - halves()).max() <= 1


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


@pytest.mark.parametrize("suffix", [".tif", ".gif", ".webp", ".png", ".avif", ".pdf"])
def test_each_page_of_a_file_is_a_picture(tmp_path: Path, suffix: str) -> None:
    path = pages_saved(tmp_path / f"a{suffix}", (0, 60, 250))
    with open_source(str(path)) as source:
        read = list(source)
        assert (source.length, source.is_stills, source.paths) == (3, True, [path])
    assert [frame.image.mean() for frame in read] == pytest.approx([0, 60, 250], abs=3)
    assert [(frame.index, frame.source, frame.error) for frame in read] == [(n, str(path), None) for n in range(3)]


def test_a_smaller_copy_in_a_tiff_and_the_extras_of_a_phone_are_no_pages(tmp_path: Path) -> None:
    small = Image.new("RGB", (4, 4))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    Image.new("RGB", SIZE, "white").save(tmp_path / "a.tif", save_all=True, append_images=[small])
    Image.new("RGB", SIZE, "white").save(tmp_path / "b.jpg", "MPO", save_all=True, append_images=[small])
    assert shades(tmp_path / "a.tif") == shades(tmp_path / "b.jpg") == [255]


def test_a_damaged_page_leaves_the_others(tmp_path: Path) -> None:
    path = pages_saved(tmp_path / "a.tif", (10, 20, 30), compression="tiff_adobe_deflate")
    data = bytearray(path.read_bytes())
    with Image.open(path) as image:
        image.seek(1)
        at = image.tag_v2[273][0]
    data[at : at + 20] = bytes(20)
    path.write_bytes(data)
    first, bad, last = frames(path)
    assert (round(first.image.mean()), round(last.image.mean())) == (10, 30)
    assert bad.error.startswith(f"{path}, page 2: the picture is damaged") and not bad.image.size


@pytest.mark.parametrize(("suffix", "brand"), [(".heic", b"heic"), (".heic", b"mif1"), (".avif", b"mif1")])
def test_heic_and_avif_of_any_brand(tmp_path: Path, suffix: str, brand: bytes) -> None:
    path, image = tmp_path / f"a{suffix}", Image.fromarray(halves()[:, :, ::-1])
    (image if suffix == ".avif" else pillow_heif.from_pillow(image)).save(path)
    data = bytearray(path.read_bytes())
    data[8:12] = brand
    path.write_bytes(data)
    assert np.abs(the_frame(path).image.astype(int) - halves()).mean() < 4


@pytest.mark.parametrize(("mode", "shade"), [("CMYK", 255), ("1", 255), ("LAB", 253), ("F", 255), ("I", 255)])
def test_rarer_colour_kinds(tmp_path: Path, mode: str, shade: int) -> None:
    white = {"CMYK": (0, 0, 0, 0), "LAB": (255, 128, 128), "F": 255.0, "I": 65535}.get(mode, 1)
    Image.new(mode, SIZE, white).save(tmp_path / "a.tif")
    assert round(the_frame(tmp_path / "a.tif").image.mean()) == pytest.approx(shade, abs=3)


@pytest.mark.parametrize(
    ("ink", "ground", "expected"),
    [((255, 255, 255), 0, (255, 0)), ((20, 20, 20), 255, (20, 255)), ((250, 250, 0), 0, None)],
    ids=["white ink", "black ink", "yellow ink"],
)
def test_ink_on_a_clear_ground_stands_out(tmp_path: Path, ink: tuple, ground: int, expected: tuple | None) -> None:
    image = Image.new("RGBA", SIZE)
    image.paste((*ink, 255), (10, 5, 14, 20))
    image.save(tmp_path / "a.png")
    read = the_frame(tmp_path / "a.png").image
    assert (read[0, 0] == ground).all()
    assert tuple(read[10, 12]) == ink[::-1]


def test_a_bright_sheet_with_clear_corners_lies_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", SIZE, (250, 250, 250, 255))
    image.paste((0, 0, 0, 0), (0, 0, 5, 5))
    image.save(tmp_path / "a.png")
    assert the_frame(tmp_path / "a.png").image.min() >= 250


def test_sizes_are_told_before_anything_is_decoded_and_may_be_allowed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", halves())
    pages_saved(tmp_path / "b.pdf", (7,))
    small, large = SourceOptions(max_pixels=SIZE[0] * SIZE[1] - 1), SourceOptions(max_pixels=None)
    for file, told in ((path, "40x24 are 0.00096"), (tmp_path / "b.pdf", "111x67 are 0.007407")):
        with pytest.raises(SourceError, match=rf"{told} megapixels, more than .* --max-megapixels"):
            list(open_source(str(file), small))
        with open_source(str(file), large) as source:
            assert len(list(source)) == 1


def test_a_frame_of_an_animation_is_no_larger_than_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_file, "MAX_FRAME_PIXELS", SIZE[0] * SIZE[1] - 1)
    first, second = frames(pages_saved(tmp_path / "a.gif", (7, 8)))
    assert "more than" in first.error and "comes after a frame that is too large" in second.error
    for name, kinds in (("a.tif", (7, 8)), ("b.gif", (7,))):
        assert not any(frame.error for frame in frames(pages_saved(tmp_path / name, kinds)))


def test_a_frame_larger_than_its_animation_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    path = pages_saved(tmp_path / "a.gif", (7, 8, 9))
    data, whole_screen = path.read_bytes(), struct.pack("<BHHHH", 0x2C, 0, 0, *SIZE)
    assert data.count(whole_screen) == 3
    before, second, third, fourth = data.split(whole_screen)
    huge = struct.pack("<BHHHH", 0x2C, 0, 0, 65535, 65535)
    path.write_bytes(before + whole_screen + second + huge + third + whole_screen + fourth)
    first, *others = frames(path)
    assert first.error is None
    assert all("allowed" in frame.error or "too large" in frame.error for frame in others)


def test_a_file_too_large_for_any_picture_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", halves())
    os.truncate(path, MAX_FILE_BYTES + 1)
    assert "larger than any picture" in error_of(path)


def test_a_locked_pdf_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pages_saved(tmp_path / "a.pdf", (7,))

    def refuse(_path: Path) -> None:
        raise pypdfium2.PdfiumError("Failed to load document (PDFium: Incorrect password error).")

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    assert error_of(path) == f"{path}: is encrypted; save it without a password, then try again"


def test_what_was_typed_into_a_form_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(form_pdf())
    assert the_frame(path).image.min() < LEFT


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
@example(suffix=".gif", at=0.6953125, junk=b"\0\0\0,", cut=False)  # claims a second frame
def test_damage_of_any_kind_is_an_image_or_an_error(
    tmp_path: Path, suffix: str, at: float, junk: bytes, cut: bool
) -> None:
    data = VALID[suffix]
    start = int(at * len(data))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data[:start] + junk + (b"" if cut else data[start + len(junk) :]))
    try:
        read = frames(path)
    except SourceError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        assert read and all(frame.image.shape[2:] == (3,) and frame.image.dtype == np.uint8 for frame in read)
        assert all(frame.image.size or frame.error.startswith(f"{path}, ") for frame in read)
