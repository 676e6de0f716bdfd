"""The command line of run_camera.py: what may be asked of a run, in groups, each with its default and unit."""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Sequence
from functools import partial

from capture.language import LANGUAGES, asked_language, current_language, tr, use_language, write_plainly
from capture.parser import Parser, StoreOnce, number, place, place_path, whole_number
from capture.sources.base import MAX_PIXELS
from capture.web.address import parse_listen
from model.classifier import DEFAULT_WEIGHTS

WINDOW, BROWSER = "window", "browser"  # where a run is shown
VERSION = "1.0"
PACKAGES = ("opencv-python", "numpy", "ai-edge-litert", "av")  # those whose versions change what is read or written
USUAL_FPS = 30.0  # where --size does not say
SIDE_RANGE_PX = 16, 8192  # from what one digit needs to what the largest cameras give
MAX_FPS = 1000.0


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; bad usage ends the program with exit code 2."""
    use_language(asked_language(sys.argv[1:] if argv is None else argv))
    write_plainly()
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.source == BROWSER:
        if args.show == WINDOW:
            parser.error(tr("--source browser: is shown in the browser, not in a window; leave --show window out"))
        args.show = BROWSER
    if args.listen and args.show != BROWSER:
        parser.error(tr("--listen: serves the page, and none is asked for; add --show browser"))
    return args


def build_parser() -> Parser:
    """Declare the options."""
    description = tr("Reads handwritten digits from a camera, photo, video or stream.")
    stray = tr("{names}: no option takes this; name one source, as in --source a.jpg or, in quotes, --source '*.jpg'")
    parser = Parser(stray, description=description, prog="run_camera.py")
    parser.general.add_argument(
        "--doctor", action="store_true", help=tr("try out camera, display, recording, page and reading, and end")
    )
    parser.general.add_argument(
        "--version", action=ShowVersion, help=tr("print the versions of all that reads, and end")
    )
    _add_input(parser.add_argument_group(tr("input")))
    _add_output(parser.add_argument_group(tr("output")))
    _add_reading(parser.add_argument_group(tr("reading")))
    _add_showing(parser.add_argument_group(tr("showing")))
    return parser


def _add_input(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--source",
        action=StoreOnce,
        default="0",
        help=tr(
            "camera number, video, photo, folder, 'glob', URL, demo[:SEED], draw or browser (default: %(default)s)"
        ),
    )
    add(
        "--read-mirrored",
        action="store_true",
        help=tr("the pictures are mirror images: turn them back before they are read, shown and kept (default: off)"),
    )
    add(
        "--size",
        type=picture_size,
        default="1280x720@30",
        metavar="WxH[@FPS]",
        help=tr("pixels, and frames a second, of camera, demo, draw (default: %(default)s)"),
    )
    add(
        "--max-megapixels",
        type=max_pixels,
        default=f"{MAX_PIXELS / 1e6:g}",
        metavar="MP",
        help=tr("refuse larger pictures before they are decoded; none for no limit (default: %(default)s)"),
    )
    add(
        "--trust",
        type=os.path.expanduser,
        default="",
        metavar="CERT",
        help=tr("certificate of a network camera that signs its own: SHA-256 fingerprint, or PEM file (default: none)"),
    )
    add(
        "--jobs",
        type=whole_number,
        metavar="N",
        help=tr("processes that read a folder's or glob's pictures (default: as many as there are cores)"),
    )
    add("--max-frames", type=whole_number, metavar="N", help=tr("stop after N frames (default: at the source's end)"))
    add(
        "--duration",
        type=positive,
        metavar="S",
        help=tr("stop after S seconds of the source's time (default: at its end)"),
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    add = partial(group.add_argument, action=StoreOnce, type=place)
    add("--save", metavar="OUT", help=tr("annotated video (.mp4), picture, or folder of pictures (default: none)"))
    add(
        "--readings",
        metavar="OUT",
        help=tr("what was read: .jsonl, a line a frame, or .csv; - for stdout (default: none)"),
    )
    add("--clean", metavar="OUT", help=tr("unmarked video, to be read again; .mkv: without any loss (default: none)"))
    add(
        "--keep",
        type=place_path,
        metavar="FOLDER",
        help=tr("where digits go that key w corrects, to train on (default: none)"),
    )


def _add_reading(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--conf",
        type=probability,
        default=0.5,
        metavar="P",
        help=tr("least confidence shown, a probability from 0 to 1 (default: %(default)s)"),
    )
    add(
        "--weights",
        type=place_path,
        default=DEFAULT_WEIGHTS,
        metavar="FILE",
        help=tr("network, .tflite (default: the shipped one)"),
    )


def _add_showing(group: argparse._ArgumentGroup) -> None:
    add, switch = group.add_argument, argparse.BooleanOptionalAction
    add(
        "--show",
        nargs="?",
        const=WINDOW,
        choices=(WINDOW, BROWSER),
        help=tr("show it in a window or in a browser (default: window, where a display works; not photos being kept)"),
    )
    add("--no-show", dest="show", action="store_const", const=False, help=tr("show nothing (default: off)"))
    add(
        "--listen",
        type=listen_address,
        metavar="HOST:PORT",
        help=tr("where the page is served (default: this computer)"),
    )
    add("--lang", choices=LANGUAGES, default=current_language(), help=tr("language (default: the system's)"))
    add("--mirror", action="store_true", help=tr("show as in a mirror; read and kept as it is (default: off)"))
    add("--hints", action=switch, default=True, help=tr("advice in the window when reading is hard (default: on)"))


class ShowVersion(argparse.Action):
    """Prints the versions, found out only when asked for, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, default=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and end."""
        print(version_line())
        parser.exit()


def version_line() -> str:
    """Say the versions of the program, its network, Python, and the packages that matter."""
    from capture.doctor.checks import fingerprint  # noqa: PLC0415 - only when asked for
    from capture.doctor.world import installed_version  # noqa: PLC0415

    weights = fingerprint(DEFAULT_WEIGHTS) if DEFAULT_WEIGHTS.is_file() else "missing"
    packages = (f"{package} {installed_version(package) or 'missing'}" for package in PACKAGES)
    python = f"Python {platform.python_version()} ({sys.platform})"
    return ", ".join((f"run_camera.py {VERSION}", f"weights {weights}", python, *packages))


def probability(text: str) -> float:
    """Read a number from 0 to 1."""
    value = number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(tr("{text}: is not a number from 0 to 1; try 0.5", text=text))
    return value


def listen_address(text: str) -> tuple[str, int | None]:
    """Read host and perhaps port, as in 0.0.0.0:8765."""
    try:
        return parse_listen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def positive(text: str) -> float:
    """Read a number above 0, and finite."""
    value = number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(tr("{text}: is not a positive number; write it as 10 or 2.5", text=text))
    return value


def max_pixels(text: str) -> int | None:
    """Read the most pixels of a picture, from millions or `none`."""
    return None if text == "none" else round(positive(text) * 1e6)


def picture_size(text: str) -> tuple[int, int, float]:
    """Read width and height in pixels, and perhaps the frames a second, as in 1280x720 or 1280x720@30."""
    size, _, fps = text.lower().partition("@")
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(tr("{text}: is not a size; write it as 1280x720, or 1280x720@30", text=text))
    smallest, largest = SIDE_RANGE_PX
    if not all(smallest <= int(side) <= largest for side in (width, height)):
        raise argparse.ArgumentTypeError(
            tr(
                "{text}: has a side outside {smallest} to {largest} pixels; try 1280x720",
                text=text,
                smallest=smallest,
                largest=largest,
            )
        )
    rate = positive(fps) if "@" in text else USUAL_FPS
    if rate > MAX_FPS:
        raise argparse.ArgumentTypeError(
            tr("{text}: is more than {most:g} frames a second; try 30", text=text, most=MAX_FPS)
        )
    return int(width), int(height), rate
