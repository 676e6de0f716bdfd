"""Describes and draws a network's architecture: its layers as blocks, with what each does, its shape and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from keras import Layer, Model, layers
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Polygon

from capture.language import tr
from model.glyph import SIDE
from training.plots.style import BLUE, GREEN, GREY, ORANGE, drawing

KINDS = {"pixels": GREY, "convolution": BLUE, "pooling": GREEN, "flatten": "#cc79a7", "dense": ORANGE}
ROW_BLOCKS = 5  # beside each other: more would be too small on paper
BLOCK_WIDTH, ROW_HEIGHT = 1.75, 2.3  # units, the height of a 28x28 map being 1
UNIT_IN = 1.1  # inches
MIN_HEIGHT = 0.3  # a 5x5 map must still be seen
MAX_DEPTH, MAX_CHANNELS = 0.42, 128  # units of depth of a block with so many channels
MAX_LENGTH, MAX_NEURONS = 1.0, 512  # units of height of a layer with so many neurons
THICKNESS = 0.12  # units, of a layer of neurons
SLANT = 0.7  # of the depth, upwards: how steeply the blocks are seen


@dataclass(frozen=True)
class Block:
    """A layer with what belongs to it: normalisation, activation, dropout.

    Attributes:
        name: the layer's.
        kind: a key of `KINDS`.
        does: what it computes, in words.
        shape: what comes out: (height, width, channels) or (values,).
        parameters: numbers learnt, or kept, of all its layers.
    """

    name: str
    kind: str
    does: str
    shape: tuple[int, ...]
    parameters: int

    @property
    def shape_text(self) -> str:
        """The shape as people write it."""
        return "x".join(map(str, self.shape))


def describe(network: Model) -> list[Block]:
    """Describe the network's blocks, from the pixels to the probabilities."""
    blocks: list[Block] = []
    for layer in network.layers:
        if isinstance(layer, layers.InputLayer):
            blocks.append(Block(layer.name, "pixels", tr("28x28 pixels, 0 to 255"), (SIDE, SIDE, 1), 0))
        elif kind := _kind(layer):
            blocks.append(Block(layer.name, kind, _does(layer), _shape(layer), layer.count_params()))
        else:
            last = blocks[-1]
            parameters = last.parameters + layer.count_params()
            blocks[-1] = replace(last, does=f"{last.does}, {_does(layer)}", parameters=parameters, shape=_shape(layer))
    return blocks


def _kind(layer: Layer) -> str | None:
    """Say what kind of block a layer begins; None for those that belong to the block before them."""
    kinds = {
        layers.Conv2D: "convolution",
        layers.MaxPooling2D: "pooling",
        layers.AveragePooling2D: "pooling",
        layers.GlobalAveragePooling2D: "pooling",
        layers.Flatten: "flatten",
        layers.Dense: "dense",
    }
    return next((kind for of, kind in kinds.items() if isinstance(layer, of)), None)


def _does(layer: Layer) -> str:
    """Say what a layer does, in a few words."""
    match layer:
        case layers.Conv2D():
            stride = tr(", step {pixels}", pixels=layer.strides[0]) if layer.strides[0] > 1 else ""
            convolution = tr("{size} convolution", size=_size(layer.kernel_size))
            words = _with_activation(convolution + stride, layer)
        case layers.MaxPooling2D():
            words = tr("maximum of {size}", size=_size(layer.pool_size))
        case layers.AveragePooling2D():
            words = tr("mean of {size}", size=_size(layer.pool_size))
        case layers.Dense():
            words = _with_activation(tr("fully connected"), layer)
        case layers.Dropout():
            words = tr("dropout {rate:.0%}", rate=layer.rate)
        case _:
            words = _in_words(type(layer).__name__)
    return words


def _in_words(layer: str) -> str:
    """Say what a layer of a kind without settings does; a kind that has no words here keeps Keras' name."""
    words = {
        "Rescaling": tr("scaled to 0..1"),
        "BatchNormalization": tr("normalisation"),
        "Softmax": tr("softmax"),
        "Flatten": tr("in one row"),
        "GlobalAveragePooling2D": tr("mean of each map"),
    }
    return words.get(layer, layer)


def _kind_name(kind: str) -> str:
    """Name a key of `KINDS` for pictures."""
    return {
        "pixels": tr("pixels"),
        "convolution": tr("convolution"),
        "pooling": tr("pooling"),
        "flatten": tr("flatten"),
        "dense": tr("dense"),
    }[kind]


def _with_activation(words: str, layer: Layer) -> str:
    name = layer.activation.__name__
    return words if name == "linear" else f"{words}, {'ReLU' if name == 'relu' else name}"


def _size(sides: Sequence[int]) -> str:
    return "x".join(map(str, sides))


def _shape(layer: Layer) -> tuple[int, ...]:
    return tuple(layer.output.shape[1:])


def draw_architecture(blocks: Sequence[Block], title: str, path: Path) -> None:
    """Draw the blocks in reading order: as high as their maps, as deep as their channels.

    Args:
        blocks: as `describe` gives them.
        title: the picture's.
        path: the PNG file to write.
    """
    rows = [blocks[start : start + ROW_BLOCKS] for start in range(0, len(blocks), ROW_BLOCKS)]
    size_in = (ROW_BLOCKS * BLOCK_WIDTH * UNIT_IN, ROW_HEIGHT * UNIT_IN * len(rows) + 0.9)
    with drawing(path, len(rows), 1, size_in, squeeze=False) as (figure, grid):
        figure.suptitle(title)
        for number, (axes, row) in enumerate(zip(grid.flat, rows, strict=True)):
            for column, block in enumerate(row):
                _draw_block(axes, column * BLOCK_WIDTH, block, is_first=number + column == 0)
            axes.set(xlim=(-0.45, ROW_BLOCKS * BLOCK_WIDTH - 0.45), ylim=(-1.25, ROW_HEIGHT - 1.25), aspect="equal")
            axes.axis("off")
        present = [kind for kind in KINDS if any(block.kind == kind for block in blocks)]
        patches = [Patch(facecolor=KINDS[kind], label=_kind_name(kind)) for kind in present]
        figure.legend(handles=patches, loc="outside lower center", ncols=len(patches), frameon=False)


def _draw_block(axes: Axes, x: float, block: Block, *, is_first: bool) -> None:
    """Draw one block as a box seen from the side, an arrow leading to it, words below."""
    width, height, depth = _extent(block.shape)
    colour = KINDS[block.kind]
    left, bottom = x + (BLOCK_WIDTH - width - depth) / 2 - 0.35, 0.35 - height / 2
    right, top, rise = left + width, bottom + height, depth * SLANT
    faces = (
        ([(left, bottom), (right, bottom), (right, top), (left, top)], 0.85),
        ([(left, top), (right, top), (right + depth, top + rise), (left + depth, top + rise)], 0.45),
        ([(right, bottom), (right + depth, bottom + rise), (right + depth, top + rise), (right, top)], 0.65),
    )
    for corners, alpha in faces:
        axes.add_patch(Polygon(corners, facecolor=colour, alpha=alpha, edgecolor="white", lw=1))
    if not is_first:
        arrow = {"arrowstyle": "->", "color": "0.35", "lw": 1.3}
        axes.annotate("", (left - 0.04, 0.35), (left - 0.3, 0.35), arrowprops=arrow)
    words = block.does.replace(", ", "\n")
    learnt = tr("{count:,} parameters", count=block.parameters) if block.parameters else ""
    middle = x + BLOCK_WIDTH / 2 - 0.35
    axes.text(middle, -0.3, f"{block.name}: {block.shape_text}", ha="center", va="top", fontsize=9, weight="bold")
    axes.text(middle, -0.46, f"{words}\n{learnt}".strip(), ha="center", va="top", fontsize=8)


def _extent(shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Compute width, height and depth of a block."""
    if len(shape) == 1:
        return THICKNESS, max(MIN_HEIGHT, MAX_LENGTH * min(1.0, (shape[0] / MAX_NEURONS) ** 0.5)), THICKNESS
    side = max(MIN_HEIGHT, shape[0] / SIDE)
    return 0.75 * side, side, MAX_DEPTH * min(1.0, (shape[2] / MAX_CHANNELS) ** 0.5)
