"""Reads a batch of glyphs with the trained network, through LiteRT: TensorFlow's own runtime, without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from capture.language import system_words
from model.checksum import check_checksum
from model.errors import WeightsError, first_line
from model.glyph import SIDE
from model.stderr import muted_stderr

CLASS_NAMES = (
    *"0123456789",
    "none",  # edges, scraps, joined digits, blots, whatever has no name below
    "letter",
    "slash",
    "minus",
    "plus",
    "times",
    "equals",
    "open bracket",
    "close bracket",
    "dot",
    "comma",
    "colon",
)
"""The network's columns: digits, then what is no digit, the signs of numbers and sums by name."""
CLASSES = len(CLASS_NAMES)
NO_DIGIT = CLASS_NAMES.index("none")  # this column and all after it are no digits
MIN_CLASSES = NO_DIGIT + 1  # former networks knew no more than the digits and "none"
ASSUMED_DIGITS = 0.9995
"""Share of digits that the shipped network takes for granted: a crop it is given alone is most likely a digit. Whoever
knows better, as `capture/read/select.py` does from the rest of the page, replaces it by `with_share`."""
DEFAULT_WEIGHTS = Path(__file__).parent / "weights" / "digits.tflite"

Classify = Callable[[np.ndarray], np.ndarray]  # glyphs to probabilities, as a `Classifier` does, without its prior


class Classifier:
    """The trained network, loaded and warmed up; call it with a batch of glyphs.

    Example:
        probabilities = Classifier()(glyphs)  # (n, 28, 28) uint8 -> (n, classes) float32

    Args:
        path: a `.tflite` file made by `train.py`.
        threads: CPU threads a batch may use.

    Attributes:
        prior: share of digits among the glyphs that its probabilities take for granted.

    Raises:
        WeightsError: the file is missing, damaged, or holds a network of another shape.
    """

    def __init__(self, path: Path = DEFAULT_WEIGHTS, threads: int = 2) -> None:
        self.prior = ASSUMED_DIGITS
        self._made_of = path, threads
        self._interpreter = _open(Path(path), threads)
        _check_shapes(self._interpreter, path)
        _try_out(self, path)

    def __reduce__(self) -> tuple:
        """Pickle the path, not the loaded network: another process loads its own."""
        return type(self), self._made_of

    def __call__(self, glyphs: np.ndarray) -> np.ndarray:
        """Classify (n, 28, 28) uint8 glyphs; returns (n, classes) float32 probabilities, each row's sum 1.

        The columns are those of `CLASS_NAMES`, or the first eleven of them where the file is older.
        """
        if len(glyphs) == 0:
            return np.zeros((0, CLASSES), np.float32)
        slot = self._interpreter.get_input_details()[0]
        if slot["shape"][0] != len(glyphs):
            self._interpreter.resize_tensor_input(slot["index"], (len(glyphs), SIDE, SIDE, 1))
            self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(slot["index"], glyphs.reshape(-1, SIDE, SIDE, 1).astype(slot["dtype"]))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._interpreter.get_output_details()[0]["index"])


def odds(share: np.ndarray | float) -> np.ndarray | float:
    """Convert shares of digits, 0 to 1, to odds, kept finite."""
    clipped = np.minimum(np.maximum(share, 1e-5), 1 - 1e-5)
    return clipped / (1 - clipped)


class GlyphCache:
    """Stands in for the network, and asks it about no glyph of a picture twice, as for which side is up.

    Args:
        classify: the network.

    Attributes:
        prior: the network's.
    """

    def __init__(self, classify: Classifier) -> None:
        self.prior = classify.prior
        self._classify = classify
        self._rows: dict[bytes, np.ndarray] = {}

    def __call__(self, glyphs: np.ndarray) -> np.ndarray:
        """Classify (n, 28, 28) uint8 glyphs, n > 0, as the network does: (n, classes) float32 probabilities."""
        keys = [glyph.tobytes() for glyph in glyphs]
        new = {key: i for i, key in enumerate(keys) if key not in self._rows}
        if new:
            self._rows.update(zip(new, self._classify(glyphs[list(new.values())]), strict=True))
        return np.stack([self._rows[key] for key in keys])

    def clear(self) -> None:
        """Forget all glyphs, as before another picture."""
        self._rows.clear()


def with_share(probabilities: np.ndarray, share: float, assumed: float) -> np.ndarray:
    """Give (n, classes) probabilities the prior share of digits `share` in place of the one they were made with."""
    weights = np.ones(probabilities.shape[1], np.float32)
    weights[NO_DIGIT:] = odds(assumed) / odds(share)
    weighed = probabilities * weights
    return weighed / weighed.sum(axis=1, keepdims=True)


def _open(path: Path, threads: int):  # the type comes from a package imported late
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - 0.14 s, not needed for --help

    content = _read(path)
    check_checksum(path, content)
    with _told_as_weights_error(path), muted_stderr():  # LiteRT announces itself there
        interpreter = Interpreter(model_content=content, num_threads=threads)
        interpreter.allocate_tensors()
    return interpreter


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise WeightsError(
                "{path}: there is no such weights file; train one with: python train.py --install", path=path
            )
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(
            "{path}: cannot be read ({reason}); check your rights to it", path=path, reason=system_words(error.strerror)
        ) from error


@contextmanager
def _told_as_weights_error(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes LiteRT raise into one line."""
    try:
        yield
    except Exception as error:
        raise WeightsError(
            "{path}: is no usable .tflite network ({error}); take one made by train.py",
            path=path,
            error=first_line(error),
        ) from error


def _try_out(classify: Classify, path: Path) -> None:
    """Read two glyphs: some damaged files load, and fail or give nonsense only then."""
    glyphs = np.zeros((2, SIDE, SIDE), np.uint8)
    glyphs[1, 4:24, 12:16] = 255  # much like a 1
    with _told_as_weights_error(path):
        probabilities = classify(glyphs)
        classify(glyphs[:1])  # and warms up the size that stays
        if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3) or probabilities.min() < 0:
            raise ValueError("its answers are no probabilities")


def _check_shapes(interpreter, path: Path) -> None:  # noqa: ANN001
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    given = [tuple(int(n) for n in slot["shape"][1:]) for slot in (*inputs, *outputs)]
    if given not in [[(SIDE, SIDE, 1), (classes,)] for classes in (MIN_CLASSES, CLASSES)]:
        wanted = [(SIDE, SIDE, 1), (CLASSES,)]
        raise WeightsError(
            "{path}: the network maps {given}, not {wanted}; take one made by train.py",
            path=path,
            given=given,
            wanted=wanted,
        )
