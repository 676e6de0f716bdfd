"""Pictures that a page sends."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from capture.web.uploads import MAX_PIXELS, UploadError, count_pages, decode_upload, safe_name


def picture(suffix):
    image = np.zeros((20, 30, 3), np.uint8)
    image[:, :10] = 200
    return image, cv2.imencode(suffix, image)[1].tobytes()


def png_that_claims(width, height):
    """A small PNG whose header promises so many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
def test_pictures_are_decoded(suffix):
    image, data = picture(suffix)
    decoded = decode_upload(data)
    assert decoded.shape == image.shape and decoded.dtype == np.uint8
    assert np.abs(decoded.astype(int) - image).mean() < 5


def test_white_ink_on_a_clear_ground_is_seen():
    picture = np.full((20, 30, 4), 255, np.uint8)
    picture[:, 10:, 3] = 0
    decoded = decode_upload(cv2.imencode(".png", picture)[1].tobytes())
    assert decoded[:, :10].min() > decoded[:, 10:].max() + 100


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(".png")[1][:40], b"\xff\xd8\xff" * 50],
    ids=["nothing", "text", "svg", "cut short", "damaged"],
)
def test_what_is_no_picture_is_refused_in_one_line(data):
    with pytest.raises(UploadError, match=r"^photo: is (not a picture|damaged)[^\n]*send it as JPEG or PNG$"):
        decode_upload(data)


def test_pages_are_counted_and_damage_behind_the_first_harms_nobody():
    pages, file = [Image.new("L", (60, 40), shade) for shade in (180, 200, 220)], io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    whole, cut = file.getvalue(), file.getvalue()[:3000]
    assert (count_pages(whole), count_pages(cut), count_pages(picture(".png")[1])) == (3, 1, 1)
    assert (decode_upload(cut) == 180).all()


@pytest.mark.parametrize("side", [10_000, 60_000, 2**31 - 1])
def test_too_many_pixels_are_refused_before_they_are_decoded(side):
    assert side**2 > MAX_PIXELS
    with pytest.raises(UploadError, match=r"photo: .*megapixels"):
        decode_upload(png_that_claims(side, side))


@pytest.mark.parametrize(
    "name, safe",
    [
        ("IMG_1 (2).jpg", "IMG_1 (2).jpg"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\x1b[31m\n.png", "a__31m_.png"),
        ("été.jpg", "été.jpg"),
        ("", "photo"),
        ("x" * 500, "x" * 80),
    ],
)
def test_names_are_made_harmless(name, safe):
    assert safe_name(name) == safe
