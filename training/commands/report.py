"""`train.py report`: puts the results of other commands together in one HTML file, to hand in, and in Markdown."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from capture.language import FRENCH, current_language, format_number, tr, translatable
from capture.parser import place_path

if TYPE_CHECKING:
    from keras import Model

    from training.report.inputs import ReportInputs
    from training.report.parts import Passage

SUMMARY = translatable("put the results of other commands together in one HTML file, and in Markdown")
DEFAULT_NAME, SLIDES_NAME = "report.html", "slides.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "folders",
        nargs="+",
        type=place_path,
        metavar="FOLDER",
        help=tr("what other commands wrote to --out, training runs too; folders right below are looked into"),
    )
    parser.add_argument(
        "--out",
        type=place_path,
        metavar="FOLDER",
        help=tr(
            "where {file} and its Markdown go, or a name for it, FILE.html (default: the first folder)",
            file=DEFAULT_NAME,
        ),
    )
    parser.add_argument(
        "--slides",
        action="store_true",
        help=tr("make a slide deck of the same results too, {file}", file=SLIDES_NAME),
    )
    parser.add_argument("--title", help=tr("the heading (default: Reading handwritten digits)"))
    parser.add_argument("--author", metavar="NAME", help=tr("who hands it in"))
    parser.add_argument(
        "--comments", type=place_path, metavar="FILE", help=tr("your own words, a text file in Markdown")
    )


def run(args: argparse.Namespace) -> None:
    """Write the report, and print where it is and what it lacks.

    Raises:
        DigitsError: folders, results or files are not what they should be.
    """
    from training.report.chapters import chapters
    from training.report.html import Page, write_html, write_markdown
    from training.report.inputs import gather
    from training.report.slides import Deck, make_slides, write_slides
    from training.results import open_folder

    out = _file(args)
    comments = _comments(args.comments)
    inputs = gather(args.folders)
    open_folder(out.parent, "report")
    diagrams, title = _diagrams(inputs, out), args.title or tr("Reading handwritten digits")
    byline = ", ".join(filter(None, (args.author, _today())))
    if args.slides:
        slides = out.with_name(SLIDES_NAME)
        write_slides(Deck(title, byline, make_slides(inputs, diagrams, comments)), slides)
        print(tr("slides: {slides}", slides=slides))
    body = chapters(inputs, diagrams, comments, args.folders[0])
    page = Page(title, byline, body)
    write_html(page, out)
    write_markdown(page, out.with_suffix(".md"))
    print(tr("report: {out}", out=out))
    for chapter in body:
        if chapter.missing and not chapter.passages:
            print(tr("  {title}: {missing}", title=chapter.title, missing=chapter.missing))


def _today() -> str:
    return f"{date.today():%d/%m/%Y}" if current_language() == FRENCH else f"{date.today():%d %B %Y}"


def _file(args: argparse.Namespace) -> Path:
    """Name the HTML file to write; a folder given as --out gets one of the usual name."""
    if args.out is None or args.out.is_dir() or not args.out.suffix:
        return (args.out or args.folders[0]) / DEFAULT_NAME
    if args.out.suffix.lower() not in (".html", ".htm"):
        from training.report.inputs import ReportError

        raise ReportError(
            "{out}: a report is an HTML file; name it {name}",
            out=args.out,
            name=args.out.with_suffix(".html"),
        )
    return args.out


def _comments(path: Path | None) -> str | None:
    from training.report.inputs import ReportError

    try:
        return path.read_text(encoding="utf-8") if path else None
    except (OSError, ValueError) as error:
        raise ReportError(
            "{path}: cannot be read ({error}); give a text file in UTF-8", path=path, error=error
        ) from error


def _diagrams(inputs: ReportInputs, out: Path) -> list[Passage]:
    """Draw the architecture of every run's network beside the report; each architecture once."""
    from training.fitting.tensorflow import start_tensorflow

    files = [run.network_file for run in inputs.runs if run.network_file]
    if not files:
        return []
    start_tensorflow()
    from training.evaluation.load import load_network

    passages = {}
    for file in files:
        network = load_network(file)
        if network.name not in passages:
            passages[network.name] = _diagram(network, out)
    return list(passages.values())


def _diagram(network: Model, out: Path) -> Passage:
    from training.explain.architecture import describe, draw_architecture
    from training.report.chapters import Passage, Picture
    from training.results import table

    blocks = describe(network)
    total = sum(block.parameters for block in blocks)
    path = out.with_name(f"{out.stem}_architecture_{network.name}.png")
    draw_architecture(blocks, tr("{name}: {total:,} parameters", name=network.name, total=total), path)
    rows = [(block.name, block.does, block.shape_text, format_number(block.parameters, ",")) for block in blocks]
    text = f"### {network.name}\n\n{table((tr('layer'), tr('what it does'), tr('output'), tr('parameters')), rows)}"
    text += "\n\n" + tr(
        "In all {total:,} parameters. A step is a stride: the filter moves by so many pixels.", total=total
    )
    return Passage(
        text,
        [
            Picture(
                path.parent,
                path.name,
                tr("The layers of {name}: as high as their maps, as deep as their channels.", name=network.name),
            )
        ],
    )
