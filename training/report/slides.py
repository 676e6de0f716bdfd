"""Makes a slide deck of the same results as the report: one idea a slide, one self-contained HTML file, printable."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from capture.language import tr
from training.evaluation.summary import counted, percent, set_name
from training.report.html import MARKDOWN, write_document
from training.report.inputs import FitRun, ReportInputs, Result
from training.report.parts import Passage, Picture
from training.report.remarks import remark
from training.results import stem_of

STYLE, SCRIPT = (Path(__file__).with_name(name) for name in ("slides.css", "slides.js"))
SHOWN = {  # the pictures of each command that carry a slide each, by the ends of their names
    "explore": ("counts", "samples", "means"),
    "evaluate": ("confusion", "mistakes"),
    "altered": ("moved", "confusion", "curves"),
    "compare": ("compare",),
    "ablation": ("ablation",),
    "search": ("search",),
    "explain": ("path", "attribution"),
    "extra": ("digits",),
}
MAX_SENTENCES = 2  # of a result's text: more is not read on a slide
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý*])")


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        title: what it says.
        text: Markdown, a sentence or a few points.
        picture: what it shows, if anything.
    """

    title: str
    text: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Deck:
    """All slides, with what stands on the first: the title, and author and date."""

    title: str
    byline: str
    slides: Sequence[Slide] = field(default_factory=tuple)


def make_slides(inputs: ReportInputs, diagrams: Sequence[Passage], comments: str | None) -> list[Slide]:
    """Lay the results out as slides: data, network, training, tests, altered images, comparison, conclusion.

    Args:
        inputs: the results.
        diagrams: the architectures, drawn.
        comments: the author's own Markdown; it ends the deck.
    """
    slides = [*_of_command(inputs, "explore")]
    slides += [
        Slide(tr("The network: {name}", name=_heading(part.text)), "", picture)
        for part in diagrams
        for picture in part.pictures
    ]
    for run in (run for run in inputs.runs if run.metrics):
        slides += _of_run(run)
    for command in SHOWN:
        if command != "explore":
            slides += _of_command(inputs, command)
    slides.append(Slide(tr("Conclusion"), _conclusion(inputs)))
    return slides + ([Slide(tr("In my own words"), comments)] if comments else [])


def _heading(markdown: str) -> str:
    return markdown.strip().splitlines()[0].lstrip("# ")


def _of_command(inputs: ReportInputs, command: str) -> Iterator[Slide]:
    for result in inputs.of(command):
        says = _sentences(result)
        for figure in result.outcome.figures:
            if Path(figure.file).stem.endswith(SHOWN[command]):
                yield Slide(result.outcome.title, says, Picture(result.folder, figure.file, figure.caption))
                says = ""  # it is said once


def _sentences(result: Result) -> str:
    """Take the first sentences of the first paragraph or point that stresses something: it tells the result."""
    parts = re.split(r"\n\n|\n(?=- )", result.outcome.text)
    stressed = [part.removeprefix("- ") for part in parts if "**" in part and not part.startswith("|")]
    return " ".join(SENTENCE_END.split(stressed[0])[:MAX_SENTENCES]) if stressed else ""


def _of_run(run: FitRun) -> Iterator[Slide]:
    arch, folder = run.metrics["config"]["arch"], run.folder
    title = tr("Training: {arch}, {epochs} epochs", arch=arch, epochs=len(run.metrics["history"]))
    fitting = remark(run.metrics).split("\n\n")[0]
    yield Slide(title, fitting, Picture(folder, "curves.png", tr("Learning curves of accuracy and loss.")))
    for name, scores in run.metrics["tests"].items():
        file = f"confusion_{stem_of(name)}.png"
        caption = tr("Confusion matrix: a row a true digit, a column a reading.")
        yield Slide(tr("Tested once: {name}", name=set_name(name)), _score(scores), Picture(folder, file, caption))


def _score(scores: dict) -> str:
    count, right = scores["count"], round(scores["accuracy"] * scores["count"])
    return tr(
        "**{share}** read right: {right:,} of {count:,}, {mistakes}.",
        share=percent(scores["accuracy"], count),
        right=right,
        count=count,
        mistakes=counted(count - right),
    )


def _conclusion(inputs: ReportInputs) -> str:
    """Write the figures that a reader should take along, one line each."""
    lines = [
        _line(f"{run.metrics['config']['arch']}, {set_name(name)}", _score(scores))
        for run in inputs.runs
        if run.metrics
        for name, scores in run.metrics["tests"].items()
    ]
    for result in inputs.results:
        numbers = result.outcome.numbers
        said = _best_row(numbers) or _own_digits(numbers)
        if isinstance(numbers.get("accuracy"), float) and numbers.get("count"):
            said = _score(numbers)
        lines += [_line(result.outcome.title, said)] if said else []
    return "\n".join(lines) or tr("No accuracy was measured yet.")


def _line(what: str, said: str) -> str:
    return tr("- {what}: {said}", what=what, said=said)


def _best_row(numbers: dict) -> str:
    """Say which of those compared read the first test set best; "" where nothing was compared."""
    rows = numbers.get("rows") or []
    if not rows or not rows[0].get("accuracy"):
        return ""
    test = next(iter(rows[0]["accuracy"]))
    best, worst = (choose(rows, key=lambda row: row["accuracy"][test]) for choose in (max, min))
    return tr(
        "{test}: from {low:.2%} ({worst}) to {high:.2%} ({best}).",
        test=set_name(test),
        low=worst["accuracy"][test],
        worst=_row_name(worst["name"]),
        high=best["accuracy"][test],
        best=_row_name(best["name"]),
    )


def _row_name(name: str) -> str:
    from training.evaluation.ablation_summary import variant_name
    from training.evaluation.variants import VARIANTS

    return variant_name(name) if name in VARIANTS else name


def _own_digits(numbers: dict) -> str:
    if "own_after" not in numbers:
        return ""
    return tr(
        "{before} of {count} read right before, {after} after.",
        before=numbers["own_before"],
        count=numbers["own_count"],
        after=numbers["own_after"],
    )


def write_slides(deck: Deck, path: Path) -> None:
    """Write the deck as one file, its pictures inside.

    Raises:
        OutcomeError: it cannot be written.
    """
    total = len(deck.slides) + 1
    slides = "\n".join(_section(slide, number, total) for number, slide in enumerate(deck.slides, start=2))
    keys = tr("Arrow keys or Page Up and Page Down turn the slides; print the page to hand it in.")
    body = f"""<section class="first"><h1>{escape(deck.title)}</h1><p>{escape(deck.byline)}</p>
<p class="keys">{escape(keys)}</p></section>
{slides}
<script>
{SCRIPT.read_text(encoding="utf-8")}</script>"""
    write_document(path, deck.title, STYLE, body)


def _section(slide: Slide, number: int, total: int) -> str:
    parts = [f"<section><h2>{escape(slide.title)}</h2>"]
    content = slide.picture.read() if slide.picture else None
    if slide.text:
        parts.append(f'<div class="text">{MARKDOWN.render(slide.text)}</div>')
    if content is not None:
        data, caption = base64.b64encode(content).decode("ascii"), escape(slide.picture.caption)
        parts.append(f'<figure><img src="data:image/png;base64,{data}" alt="{caption}">')
        parts.append(f"<figcaption>{caption}</figcaption></figure>")
    return "\n".join([*parts, f'<p class="number">{number} / {total}</p></section>'])
