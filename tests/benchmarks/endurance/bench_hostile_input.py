"""What damaged and hostile files do to the program: none may crash it, hang or fill the memory (not on Windows).

Each format's files are mutated from seeds (bits flipped, spans cut, doubled or filled, numbers set to their extremes)
and opened as `--source` would, in a process of its own. A file counts as read, as told (one line says what is wrong) or
as a fault (any other exception; the process died or took too long).

Run: python tests/benchmarks/endurance/bench_hostile_input.py [--files 300] [--seed 1] [--only png,pdf]
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pillow_heif
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from capture.sources.base import SourceError
from capture.sources.open import open_source
from capture.synthetic.page import page_of
from capture.types import Frame

ROOT = Path(__file__).resolve().parents[3]
MAX_FRAMES = 40  # read of one file
SECONDS_A_FILE = 2.0  # on average; more is a hang
MEMORY_MB = 4096
SIZE = 320, 240


def drawn(count: int = 1) -> list[Image.Image]:
    """Pages of digits in grey and colour noise: something for every decoder to do."""
    return [Image.fromarray(page_of(f"4711 {n}", SIZE).image[:, :, ::-1]) for n in range(count)]


def by_pillow(kind: str, pages: int = 1, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    """Gives a maker of a file's bytes in one of Pillow's formats."""

    def make() -> bytes:
        first, *others = (page.convert(mode) for page in drawn(pages))
        file = io.BytesIO()
        first.save(file, kind, **({"save_all": True, "append_images": others} if others else {}), **options)
        return file.getvalue()

    return make


def by_pyav(kind: str, codec: str) -> Callable[[], bytes]:
    """Gives a maker of a short video."""

    def make() -> bytes:
        file = io.BytesIO()
        with av.open(file, "w", format=kind) as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for page in drawn(8):
                container.mux(stream.encode(av.VideoFrame.from_image(page)))
            container.mux(stream.encode())
        return file.getvalue()

    return make


def heic() -> bytes:
    """Makes a HEIC picture."""
    file = io.BytesIO()
    pillow_heif.from_pillow(drawn()[0]).save(file)
    return file.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "jpg": by_pillow("JPEG"),
    "progressive.jpg": by_pillow("JPEG", progressive=True, exif=b"Exif\0\0MM\0*\0\0\0\x08" + bytes(40)),
    "mpo.jpg": by_pillow("MPO", 2),
    "png": by_pillow("PNG", mode="RGBA"),
    "palette.png": by_pillow("PNG", mode="P", transparency=3),
    "animated.png": by_pillow("PNG", 3),
    "gif": by_pillow("GIF", 3),
    "webp": by_pillow("WEBP", 3),
    "tif": by_pillow("TIFF", 3, compression="tiff_lzw"),
    "plain.tif": by_pillow("TIFF", 2),
    "jpeg.tif": by_pillow("TIFF", compression="jpeg"),
    "bmp": by_pillow("BMP"),
    "ppm": by_pillow("PPM"),
    "jp2": by_pillow("JPEG2000"),
    "avif": by_pillow("AVIF"),
    "heic": heic,
    "pdf": by_pillow("PDF", 2),
    "mp4": by_pyav("mp4", "libx264"),
    "mkv": by_pyav("matroska", "libx264"),
    "mov": by_pyav("mov", "mpeg4"),
    "avi": by_pyav("avi", "mjpeg"),
}
EXTREMES = [bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\1\0\0"]


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Damages data in one to eight places, mostly near the start, where the headers are."""
    torn = bytearray(data)
    for _ in range(rng.integers(1, 9)):
        at = int(len(torn) * rng.random() ** rng.choice([1, 4]))
        span = int(rng.integers(1, max(2, len(torn) // 20)))
        kind = rng.integers(6)
        if kind == 0:
            torn[at : at + 1] = rng.bytes(1)
        elif kind == 1:
            torn[at : at + 4] = EXTREMES[rng.integers(len(EXTREMES))]
        elif kind == 2:
            del torn[at : at + span]
        elif kind == 3:
            torn[at:at] = torn[at : at + span]
        elif kind == 4:
            torn[at : at + span] = bytes([rng.integers(256)]) * span
        else:
            torn[at : at + span] = rng.bytes(min(span, 64))
    return bytes(torn[: int(len(torn) * rng.random())] if rng.random() < 0.1 else torn)


def is_image(frame: Frame) -> bool:
    """Whether the frame is what all stages take."""
    return frame.image.dtype == np.uint8 and frame.image.ndim == 3 and frame.image.shape[2] == 3


def work(name: str, files: int, seed: int) -> None:
    """Opens the mutated files of one format; prints the counts as JSON. Runs in a process of its own."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    whole, rng = FORMATS[name](), np.random.default_rng(seed)
    counts, slowest_s, faults = {"read": 0, "told": 0}, 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{name.rpartition('.')[2]}"
        for number in range(files):
            path.write_bytes(mutated(whole, rng) if number else whole)
            start = time.perf_counter()
            try:
                with open_source(str(path)) as source:
                    errors = [frame.error for frame in islice(source, MAX_FRAMES) if frame.error or not is_image(frame)]
                assert None not in errors, "neither picture nor error"
                counts["told" if errors else "read"] += 1
            except SourceError as error:
                assert "\n" not in str(error)
                counts["told"] += 1
            except BaseException as error:
                faults.append(f"file {number}: {type(error).__name__}: {error}"[:200])
            slowest_s = max(slowest_s, time.perf_counter() - start)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(counts | {"slowest_s": slowest_s, "peak_mb": peak_mb, "faults": faults}))


def main() -> None:
    """Prints a row a format, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=300, help="mutated files of each format (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (default: 1)")
    parser.add_argument("--only", default=",".join(FORMATS), help="formats (default: all)")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args.work, args.files, args.seed)
        return
    print(f"{'format':16} {'read':>5} {'told':>5} {'fault':>5} {'slowest s':>10} {'peak MB':>8}")
    for name in args.only.split(","):
        command = [sys.executable, __file__, "--work", name, "--files", str(args.files), "--seed", str(args.seed)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=args.files * SECONDS_A_FILE + 30, check=False, cwd=ROOT
            )
            row = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as error:
            print(f"{name:16} the process hung or died: {error}")
            continue
        figures = (
            f"{row['read']:5} {row['told']:5} {len(row['faults']):5} {row['slowest_s']:10.2f} {row['peak_mb']:8.0f}"
        )
        print(f"{name:16} {figures}", *row["faults"][:5], sep="\n  " if row["faults"] else "")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
