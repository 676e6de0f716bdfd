"""What only the course notebook needs: Keras started quietly, figures below their cells, answers compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import PIL.Image
from IPython.display import Image, display

from training.fitting.tensorflow import start_tensorflow
from training.plots.style import drawing

COLOURS = 256  # of a picture: no shade is off by more than 3 of 255 then
SHOWN_PX_PER_INCH = 72  # on the screen; the picture holds twice as much, for sharp screens and for print


def start_keras(seed: int) -> None:
    """Import Keras, and seed all chance."""
    start_tensorflow()
    import keras

    keras.utils.set_random_seed(seed)


@contextmanager
def figure(rows: int = 1, columns: int = 1, size_in: tuple[float, float] = (8, 4), **layout: Any) -> Iterator[Any]:
    """Open a figure in the style of `training/plots`, shown below the cell when it has been drawn.

    Args:
        rows: of axes.
        columns: of axes.
        size_in: width and height in inches.
        layout: as for `plt.subplots`.

    Yields:
        The axes, as `plt.subplots` gives them.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figure.png"
        with drawing(path, rows, columns, size_in, **layout) as (drawn, axes):
            yield axes
            titles = [drawn.get_suptitle(), *(panel.get_title() for panel in drawn.axes)]
        words = ". ".join(dict.fromkeys(filter(None, titles)))  # for those who cannot see it
        show_picture(path, round(size_in[0] * SHOWN_PX_PER_INCH), words)


def show_picture(path: Path, width: int, words: str) -> None:
    """Show a picture file below the cell, `width` pixels wide, in so few colours that a notebook stays small."""
    kept = BytesIO()
    with PIL.Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, PIL.Image.Quantize.MAXCOVERAGE, dither=PIL.Image.Dither.NONE)
        few.save(kept, "PNG", optimize=True)
    display(Image(kept.getvalue(), width=width, alt=words))


def is_right(answer: Any, expected: Any) -> bool:
    """Say whether an exercise's answer is the expected number or array; what is not filled in yet is not."""
    try:
        found, wanted = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return np.shape(answer) == np.shape(expected) and bool(np.all(answer == expected))
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, atol=1e-4))
