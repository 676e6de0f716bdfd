"""What damaged weights, networks, data sets and whole folders do to the program: no traceback, hang or full memory.

Each kind's files are mutated from a seed as `bench_hostile_input.py` does (that one tries pictures, videos, documents),
and given to what reads them, in a process of its own. A file counts as read, as told (one line says what is wrong) or
as a fault (any other exception; the process died or took too long). `run` is the whole program over a folder of damaged
pictures, with every output: each picture must have its line.

Run: python tests/benchmarks/endurance/bench_fuzz.py [--files 300] [--seed 1] [--only tflite,npz]    (not on Windows)
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from capture.synthetic.page import page_of
from model.classifier import DEFAULT_WEIGHTS, Classifier
from model.errors import DigitsError
from tests.benchmarks.endurance.bench_hostile_input import mutated
from tests.support.tiny import tiny_labelled

ROOT = Path(__file__).resolve().parents[3]
SECONDS_A_FILE = 3.0  # on average; more is a hang
DATA_BYTES = 6 << 30  # of memory that a process may fill; TensorFlow alone reserves some


def idx(values: np.ndarray) -> bytes:
    """An array in MNIST's own format."""
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.astype(np.uint8).tobytes()


def npz(save: Callable = np.savez) -> bytes:
    """A data set in Keras' layout."""
    file, images = io.BytesIO(), tiny_labelled(2)
    save(file, x_train=images.x, y_train=images.y, x_test=images.x, y_test=images.y)
    return file.getvalue()


def zip_of_pictures() -> bytes:
    """A data set of pictures in a zip."""
    file, images = io.BytesIO(), tiny_labelled(1)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for split in ("train", "test"):
            for number, (image, label) in enumerate(zip(images.x, images.y, strict=True)):
                archive.writestr(f"{split}/{label}/{number}.png", cv2.imencode(".png", image)[1].tobytes())
    return file.getvalue()


def zip_of_idx() -> bytes:
    """MNIST's four files in a zip."""
    file, images = io.BytesIO(), tiny_labelled(2)
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("train", "t10k"):
            archive.writestr(f"{part}-images-idx3-ubyte.gz", gzip.compress(idx(images.x)))
            archive.writestr(f"{part}-labels-idx1-ubyte", idx(images.y))
    return file.getvalue()


def table() -> bytes:
    """A data set in Kaggle's layout."""
    file, images = io.StringIO(), tiny_labelled(8)
    rows = np.column_stack([images.y, images.x.reshape(len(images), -1)])
    head = ",".join(["label", *(f"pixel{n}" for n in range(784))])
    np.savetxt(file, rows, "%d", ",", header=head, comments="")
    return file.getvalue().encode()


def page() -> bytes:
    """A page of digits."""
    return cv2.imencode(".jpg", page_of("4711 98\n203 55", (480, 320)).image)[1].tobytes()


def load_weights(path: Path) -> None:
    """Reads glyphs by a network."""
    Classifier(path)(tiny_labelled(2).x)


def load_network(path: Path) -> None:
    """Reads glyphs by a Keras network."""
    from training.evaluation.load import load_reader

    load_reader(path)(tiny_labelled(1).x)


def load_data(path: Path) -> None:
    """Loads a data set."""
    from training.datasets.mnist import load_digits

    load_digits(path)


KINDS: dict[str, tuple[str, Callable[[], bytes], Callable[[Path], None]]] = {
    "tflite": (".tflite", DEFAULT_WEIGHTS.read_bytes, load_weights),
    "keras": (".keras", DEFAULT_WEIGHTS.with_suffix(".keras").read_bytes, load_network),
    "npz": (".npz", npz, load_data),
    "packed npz": (".npz", lambda: npz(np.savez_compressed), load_data),
    "zip": (".zip", zip_of_pictures, load_data),
    "zip of idx": (".zip", zip_of_idx, load_data),
    "csv": (".csv", table, load_data),
}
RUN = "run"


def work(kind: str, files: int, seed: int) -> None:
    """Tries the mutated files of one kind; prints the counts as JSON. Runs in a process of its own."""
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_BYTES, DATA_BYTES))
    rng, counts = np.random.default_rng(seed), {"read": 0, "told": 0, "faults": [], "slowest_s": 0.0}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        (try_run if kind == RUN else try_files)(Path(folder), files, rng, counts, kind)
    counts["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(counts))


def try_files(folder: Path, files: int, rng: np.random.Generator, counts: dict, kind: str) -> None:
    """Gives each file to what reads its kind."""
    suffix, make, load = KINDS[kind]
    whole, path = make(), folder / f"a{suffix}"
    for number in range(files):
        path.write_bytes(mutated(whole, rng) if number else whole)
        start = time.perf_counter()
        try:
            load(path)
            counts["read"] += 1
        except DigitsError as error:
            counts["told"] += 1
            if "\n" in str(error):
                counts["faults"].append(f"file {number}: not one line: {error}"[:200])
        except BaseException as error:
            counts["faults"].append(f"file {number}: {type(error).__name__}: {error}"[:200])
        counts["slowest_s"] = max(counts["slowest_s"], time.perf_counter() - start)


def try_run(folder: Path, files: int, rng: np.random.Generator, counts: dict, _kind: str) -> None:
    """Runs the program over a folder of damaged pictures: each has its line, whole or with an error."""
    import run_camera

    (folder / "in").mkdir()
    for number in range(files):
        (folder / "in" / f"{number:04}.jpg").write_bytes(mutated(page(), rng))
    start = time.perf_counter()
    outputs = ("--save", folder / "out", "--readings", folder / "out.jsonl")
    code = run_camera.main(["--source", str(folder / "in"), "--no-show", *map(str, outputs)])
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    counts["told"] = sum("error" in line for line in lines)
    counts["read"] = len(lines) - counts["told"]
    counts["slowest_s"] = (time.perf_counter() - start) / files
    kept = len(list((folder / "out").iterdir()))
    if len(lines) != files or code != int(counts["told"] > 0) or kept != counts["read"]:
        counts["faults"].append(f"{len(lines)} lines and {kept} pictures of {files}, exit code {code}")


def main() -> None:
    """Prints a row a kind, and every fault; exit code 1 when there was any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=300, help="mutated files of each kind (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (default: 1)")
    parser.add_argument("--only", default=",".join((*KINDS, RUN)), help="kinds (default: all)")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args.work, args.files, args.seed)
        return
    print(f"{'kind':12} {'read':>5} {'told':>5} {'fault':>5} {'slowest s':>10} {'peak MB':>8}")
    faults = sum(print_row(kind, args.files, args.seed) for kind in args.only.split(","))
    raise SystemExit(min(faults, 1))


def print_row(kind: str, files: int, seed: int) -> int:
    """Tries one kind in a process of its own; returns how many faults there were."""
    command = [sys.executable, __file__, "--work", kind, "--files", str(files), "--seed", str(seed)]
    limit_s = files * SECONDS_A_FILE + 60
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False, cwd=ROOT)
        row = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        print(f"{kind:12} the process hung or died: {error}")
        return 1
    figures = f"{row['read']:5} {row['told']:5} {len(row['faults']):5} {row['slowest_s']:10.2f} {row['peak_mb']:8.0f}"
    print(f"{kind:12} {figures}", *row["faults"][:5], sep="\n  " if row["faults"] else "", flush=True)
    return len(row["faults"])


if __name__ == "__main__":
    main()
