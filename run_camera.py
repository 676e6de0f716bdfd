"""Reads handwritten digits from a camera, photo, video or stream: shows them, keeps them, or both.

The whole data path is wired in `read_source`: source -> find -> read -> follow -> draw -> keep and show.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice, takewhile
from pathlib import Path

from capture.advice import for_import

try:
    import numpy as np

    from capture.commands.correction import start_correction
    from capture.commands.session import Session
    from capture.loop import run, say_nothing
    from capture.read.cache import Memory
    from capture.read.reader import read_upright
    from capture.signals import ignore_signals, signals_as_exceptions
    from capture.sinks.open import Recorder, Sink, check_outputs, open_clean, open_readings, open_save
    from capture.sinks.samples import Keeper
    from capture.sources.base import MAX_PIXELS
    from capture.sources.open import Source, SourceOptions, open_source
    from capture.terminal import Terminal, tell
    from capture.track.tracker import NoTracking, Tracker
    from capture.types import Digit, Frame
    from capture.view.inspection import draw_inspection
    from capture.window.controls import Controls
    from capture.window.display import DisplayProbe
    from capture.window.window import Window
    from model.classifier import DEFAULT_WEIGHTS, Classify, load_classifier
    from model.errors import DigitsError
except ImportError as error:  # the most usual trouble of all on a new machine
    raise SystemExit(for_import(error)) from None

KEY_FOLDER = Path()  # where recordings and snapshots made by key go
USUAL_FPS = 30.0  # where --size does not say
EXIT_OK, EXIT_PROBLEM, EXIT_INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code: 0 done or quit, 1 a problem, 2 bad usage, 130 Ctrl-C, 143 SIGTERM."""
    args = parse_args(argv)
    try:
        with signals_as_exceptions():
            return consult_doctor() if args.doctor else read_source(args)
    except (DigitsError, ImportError) as error:  # some packages are loaded only where they are needed
        tell(for_import(error) if isinstance(error, ImportError) else error)
        return EXIT_PROBLEM
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def consult_doctor() -> int:
    """Try out what the program needs on this machine; returns the exit code."""
    from capture.doctor.checks import run_doctor  # noqa: PLC0415 - only who is in trouble needs it

    return run_doctor()


def read_source(args: argparse.Namespace) -> int:
    """Wire the stages as the arguments say, and run them; returns the exit code.

    Raises:
        DigitsError: something the user can put right.
    """
    with ExitStack() as stack:
        probe = stack.enter_context(DisplayProbe()) if args.show is not False else None
        classify = load_classifier(args.weights)
        has_display = probe is not None and probe.works()
        keeper = stack.enter_context(Keeper(args.keep)) if args.keep else None
        source = stack.enter_context(open_source(args.source, source_options(args, has_display)))
        tracker = (NoTracking if source.is_stills else Tracker)(args.conf)
        sinks: list[Sink] = []
        terminal = stack.enter_context(Terminal(source, sinks, not args.readings, frames_to_come(args, source)))
        sinks.extend(stack.enter_context(sink) for sink in open_sinks(args, source))
        show, status = terminal.is_in_vain, say_nothing
        if wants_window(args, source) and can_show(has_display):
            recorder, window = stack.enter_context(Recorder(KEY_FOLDER)), stack.enter_context(Window())
            sinks.append(recorder)
            inspect = partial(draw_inspection, classify=classify)
            correct = partial(start_correction, classify=classify, keeper=keeper) if keeper else None
            session = Session(source, tracker, recorder, inspect, KEY_FOLDER, args.hints, args.mirror, correct)
            controls = Controls(window, session)
            show, status = controls.show, controls.status
        if probe:
            probe.close()
        stack.callback(ignore_signals)  # what comes after the run is closing: nothing may cut it short
        read, frames = partial(read_picture, classify=classify), limited(source, args)
        if not source.is_stills:
            memory = Memory(read)
            read, frames = memory.read, memory.watch(frames)
        summary = run(frames, read, tracker, [*sinks, terminal], show=show, status=status)
    terminal.tell_summary(summary)
    if keeper and keeper.kept:
        tell(keeper.summary())
    return EXIT_PROBLEM if summary.unreadable or terminal.has_problems else EXIT_OK


def read_picture(image: np.ndarray, classify: Classify) -> list[Digit]:
    """The digits of one picture: find the ink, read it in one batch; once more where the page lies turned or aslant."""
    return read_upright(image, classify)


def wants_window(args: argparse.Namespace, source: Source) -> bool:
    """Whether to show this source: photos wait for a key each, so not where they are read into files."""
    if args.show is None:
        return not (source.is_stills and (args.save or args.readings))
    return args.show


def can_show(has_display: bool) -> bool:
    """Whether the window that is wanted can be had; says so when not."""
    if not has_display:
        tell("no display that works: going on without a window; --no-show leaves this message out")
    return has_display


def source_options(args: argparse.Namespace, is_watched: bool) -> SourceOptions:
    """What to ask of the source; what is watched runs at its true speed."""
    width, height, fps = args.size
    return SourceOptions(
        width=width,
        height=height,
        fps=fps,
        paced=is_watched,
        max_pixels=args.max_megapixels,
    )


def open_sinks(args: argparse.Namespace, source: Source) -> Iterator[Sink]:
    """Open the outputs one by one, so that a failure leaves the earlier ones to their context."""
    check_outputs(args.save, args.clean, args.readings, source)
    if args.save:
        yield open_save(args.save, source)
    if args.clean:
        yield open_clean(args.clean, source)
    if args.readings:
        yield open_readings(args.readings, source)


def limited(source: Source, args: argparse.Namespace) -> Iterator[Frame]:
    """The source's frames, as many and for as long as asked."""
    frames = islice(source, args.max_frames)
    if args.duration is None:
        return frames
    return takewhile(lambda frame: frame.time_s < args.duration, frames)


def frames_to_come(args: argparse.Namespace, source: Source) -> int | None:
    """How many frames there will be, if that can be told."""
    return min((count for count in (source.length, args.max_frames) if count is not None), default=None)


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; bad usage ends the program with exit code 2."""
    parser = argparse.ArgumentParser(description="Reads handwritten digits from a camera, photo, video or stream.")
    add, switch = parser.add_argument, argparse.BooleanOptionalAction
    add(
        "--source",
        default="0",
        help="camera number, video, photo, folder, 'glob', URL, demo[:SEED] or draw (default: 0)",
    )
    add("--save", metavar="OUT", help="annotated video (.mp4), picture, or folder of pictures (default: none)")
    add(
        "--readings", metavar="OUT", help="what was read: .jsonl, a line a frame, or .csv; - for stdout (default: none)"
    )
    add("--clean", metavar="OUT", help="unmarked video, to be read again; .mkv: without any loss (default: none)")
    add("--show", action=switch, help="open a window (default: where a display works, but not for photos being kept)")
    add("--conf", type=probability, default=0.5, metavar="P", help="least confidence shown, 0 to 1 (default: 0.5)")
    add(
        "--weights",
        type=Path,
        default=DEFAULT_WEIGHTS,
        metavar="FILE",
        help="network, .tflite (default: the shipped one)",
    )
    add("--max-frames", type=whole_number, metavar="N", help="stop after N frames (default: at the source's end)")
    add("--duration", type=positive, metavar="S", help="stop after S seconds of the source (default: at its end)")
    add(
        "--size",
        type=picture_size,
        default="1280x720@30",
        metavar="WxH[@FPS]",
        help="pixels, and frames a second, of camera, demo, draw (default: 1280x720@30)",
    )
    add(
        "--max-megapixels",
        type=max_pixels,
        default=f"{MAX_PIXELS / 1e6:g}",
        metavar="MP",
        help="refuse larger pictures before they are decoded; none for no limit (default: %(default)s)",
    )
    add("--mirror", action="store_true", help="show as in a mirror; read and kept as it is (default: off)")
    add("--hints", action=switch, default=True, help="advice in the window when reading is hard (default: on)")
    add("--keep", type=Path, metavar="FOLDER", help="where digits go that key w corrects, to train on (default: none)")
    add("--doctor", action="store_true", help="try out camera, display, recording and reading, and name remedies")
    return parser.parse_args(argv)


def probability(text: str) -> float:
    """A number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text}: is not between 0 and 1; try 0.5")
    return value


def whole_number(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or not 1 <= int(text) <= sys.maxsize:
        raise argparse.ArgumentTypeError(f"{text}: is not a whole number of at least 1")
    return int(text)


def positive(text: str) -> float:
    """A number above 0, and finite."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: is not a positive number")
    return value


def max_pixels(text: str) -> int | None:
    """The most pixels of a picture, from millions or `none`."""
    return None if text == "none" else round(positive(text) * 1e6)


def picture_size(text: str) -> tuple[int, int, float]:
    """Width and height, and perhaps the frames a second, as in 1280x720 or 1280x720@30."""
    size, _, fps = text.lower().partition("@")
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text}: is not a size; write it as 1280x720, or 1280x720@30")
    return int(width), int(height), positive(fps) if "@" in text else USUAL_FPS


if __name__ == "__main__":
    raise SystemExit(main())
