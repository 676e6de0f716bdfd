"""Writes the model card: what a network was trained on, what it reaches, and how to make it again."""

from __future__ import annotations

from collections.abc import Mapping

from model.classifier import CLASS_NAMES, NO_DIGIT

TEMPLATE = """# Model card: handwritten digits

A {kind} network that reads one handwritten digit from a 28x28 glyph (white on black, centred by mass){refusal}.
Made by `train.py`; read by `run_camera.py` through LiteRT.

| | |
|---|---|
| architecture | `{arch}`, {parameters:,} parameters (`model/network.py`) |
| recipe | `{recipe}`, {epochs} epochs, seed {seed} |
| made with | `{command}` |
| file | `digits.tflite`, {size_kb:.0f} kB, 8-bit weights |
| same reading | the Keras network's readings on {same_reading:.2%} of held-out glyphs |
| confidence | divided by a temperature of {temperature:.2f} found on held-out glyphs |

## Trained on

{sources}

## Figures (of the LiteRT file, on glyphs it never saw)

| set | glyphs | right | expected calibration error |
|---|---|---|---|
{scores}

A digit taken for a letter, a sign or nothing is a mistake. The network is exported so that it takes nearly everything
for a digit; on a page it is told the share of digits there (`with_share`).

## Limits

It reads single digits that `model/glyph.py` cut out and evened out, written by the hands its data holds. l, o and
their like it takes for half a digit: what stands around them must tell. It was not made to read letters, print or
other numerals, and should not decide alone where a wrong digit does harm.
"""


def write_card(metrics: Mapping) -> str:
    """Write the model card's Markdown.

    Args:
        metrics: what `metrics.json` holds.
    """
    config, others = metrics["config"], ", ".join(CLASS_NAMES[NO_DIGIT + 1 :])
    rows = (
        f"| {name} | {scores['count']:,} | {scores['accuracy']:.2%} | {scores['calibration_error']:.4f} |"
        for name, scores in metrics["tests"].items()
    )
    return TEMPLATE.format(
        kind=metrics["kind"],
        refusal=f", and knows\nwhat is none: {others}, and the rest" if metrics["knows_no_digit"] else "",
        arch=config["arch"],
        parameters=metrics["parameters"],
        recipe=config["recipe"],
        epochs=metrics["epochs"],
        seed=config["seed"],
        command=metrics["command"],
        size_kb=metrics["litert_bytes"] / 1000,
        same_reading=metrics["agreement"]["same_reading"],
        temperature=metrics["temperature"],
        sources="\n".join(f"- {source}" for source in metrics["sources"]),
        scores="\n".join(rows),
    )
