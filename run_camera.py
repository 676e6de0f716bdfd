"""Reads handwritten digits from a camera, photo, video or stream: shows them, keeps them, or both.

The whole data path is wired in `read_source`: source -> find -> read -> follow -> draw -> keep and show.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from capture.advice import for_import
from capture.language import asked_language, tr, use_language

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: on small matrices its threads mostly wait
try:
    from capture.commands.correction import start_correction
    from capture.commands.session import Session
    from capture.commands.shown import Adjustable
    from capture.live_reader import LiveReader
    from capture.loop import run, say_nothing
    from capture.options import BROWSER, WINDOW, parse_args
    from capture.read.reader import PageReader
    from capture.read.select import MIN_CONFIDENCE
    from capture.signals import ignore_signals, signals_as_exceptions
    from capture.sinks.open import Sink, check_outputs, open_clean, open_readings, open_save
    from capture.sinks.recorder import Recorder
    from capture.sinks.samples import SampleStore
    from capture.sources.live import LiveSource
    from capture.sources.open import Source, SourceOptions, open_source
    from capture.sources.photos import PhotosSource
    from capture.terminal import Terminal, tell
    from capture.track.cache import Carry, StillFrameCache
    from capture.track.optical_flow import flow_page
    from capture.track.tracker import NoTracking, Tracker
    from capture.types import Frame, Page
    from capture.view.inspection import draw_inspection
    from capture.window.controls import Controls
    from capture.window.display import DisplayProbe
    from capture.window.window import Window
    from model.classifier import Classifier
    from model.errors import DigitsError
except ImportError as error:  # the most usual trouble of all on a new machine
    use_language(asked_language(sys.argv))
    raise SystemExit(for_import(error)) from None

if TYPE_CHECKING:
    from capture.web.face import BrowserFace

KEY_FOLDER = Path()  # where recordings and snapshots made by key go
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
        probe = stack.enter_context(DisplayProbe()) if args.show in (None, WINDOW) else None
        classify = Classifier(args.weights)
        has_display = probe is not None and probe.works()
        samples = stack.enter_context(SampleStore(args.keep)) if args.keep else None
        is_watched = has_display or args.show == BROWSER
        source = stack.enter_context(open_source(args.source, source_options(args, is_watched)))
        tracker = open_tracker(args, source)
        sinks: list[Sink] = []
        terminal = stack.enter_context(Terminal(source, sinks, not args.readings, frames_to_come(args, source)))
        sinks.extend(stack.enter_context(sink) for sink in open_sinks(args, source))
        face, show, status = None, terminal.is_in_vain, say_nothing
        if wants_face(args, source) and (args.show == BROWSER or can_show(has_display)):
            recorder = stack.enter_context(Recorder(KEY_FOLDER))
            sinks.append(recorder)
            correct = partial(start_correction, samples=samples)
            session = Session(source, tracker, recorder, draw_inspection, KEY_FOLDER, args.hints, args.mirror, correct)
            session.has_keys = args.show != BROWSER
            face = stack.enter_context(open_face(args, session))
            show, status = face.show, face.status
        if probe:
            probe.close()
        stack.callback(ignore_signals)  # what comes after the run is closing: nothing may cut it short
        is_only_seen = face is not None and not args.readings  # these tell what was read in each frame
        is_live = is_only_seen and isinstance(source, LiveSource)
        if source.is_stills and not face:
            frames, read = open_workers(args, source, classify, stack)
        else:
            carry = flow_page if is_only_seen else None
            frames, read = source.frames(), open_reader(source, classify, carry)
        if is_live:
            read = tracker = stack.enter_context(LiveReader(read, tracker, carry))
        is_seen = face is not None or args.save is not None
        summary = run(
            limited(frames, args), read, tracker, [*sinks, terminal], show=show, status=status, is_seen=is_seen
        )
        if face and args.show == BROWSER:
            face.hold_last()
    terminal.tell_summary(summary)
    if samples:
        tell(samples.summary())
    return EXIT_PROBLEM if summary.unreadable or terminal.has_problems else EXIT_OK


def open_tracker(args: argparse.Namespace, source: Source) -> Adjustable:
    """Choose what follows the digits of this source from frame to frame."""
    if args.source == BROWSER:
        from capture.web.scenes import SceneTracker  # noqa: PLC0415 - only pages change their scenes

        return SceneTracker(source, args.conf)
    return (NoTracking if source.is_stills else Tracker)(args.conf)


def open_reader(source: Source, classify: Classifier, carry: Carry | None = None) -> Callable[[Frame], Page]:
    """Choose what reads this source's frames; doubtful digits too, for time may make them sure."""
    reader = PageReader(classify, MIN_CONFIDENCE, is_video=not source.is_stills)
    return reader if source.is_stills else StillFrameCache(reader, carry)


@contextmanager
def open_face(args: argparse.Namespace, session: Session) -> Iterator[Controls | BrowserFace]:
    """Open the window or the page, where the session is shown and steered."""
    if args.show == BROWSER:
        from capture.web.page import open_page  # noqa: PLC0415 - aiohttp takes 0.3 s to load

        with open_page(session, args.listen, args.lang) as face:
            yield face
    else:
        with Window() as window:
            yield Controls(window, session)


def open_workers(
    args: argparse.Namespace, source: Source, classify: Classifier, stack: ExitStack
) -> tuple[Iterable[Frame], Callable[[Frame], Page]]:
    """Give what yields the frames and what reads them: workers where there are many pictures and cores."""
    from capture.parallel import FileReader, ParallelReader, usable_jobs  # noqa: PLC0415 - only for folders

    if not isinstance(source, PhotosSource) or (jobs := usable_jobs(source, args.jobs)) < 2:
        return source.frames(), PageReader(classify, args.conf)
    read_file = FileReader(args.weights, args.conf, source.max_pixels, bool(args.save), source.is_mirrored)
    workers = stack.enter_context(ParallelReader(source, read_file, jobs))
    return workers, workers


def wants_face(args: argparse.Namespace, source: Source) -> bool:
    """Say whether to show this source: photos wait for a key each, so not where they are read into files."""
    if args.show is None:
        return not (source.is_stills and (args.save or args.readings))
    return bool(args.show)


def can_show(has_display: bool) -> bool:
    """Say whether the window that is wanted can be had; print when not, and say what else there is."""
    if not has_display:
        is_seen = sys.stderr is not None and sys.stderr.isatty()
        if is_seen:
            tell(
                tr(
                    "no display that works: going on without a window; --show browser shows it in a browser, "
                    "--no-show leaves this message out"
                )
            )
        else:
            tell(tr("no display that works: going on without a window; --no-show leaves this message out"))
    return has_display


def source_options(args: argparse.Namespace, is_watched: bool) -> SourceOptions:
    """Choose what to ask of the source; what is watched runs at its true speed."""
    width, height, fps = args.size
    return SourceOptions(
        width=width,
        height=height,
        fps=fps,
        is_paced=is_watched,
        max_pixels=args.max_megapixels,
        is_mirrored=args.read_mirrored,
        trusted_certificate=args.trust,
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


def limited(source: Iterable[Frame], args: argparse.Namespace) -> Iterator[Frame]:
    """Yield the source's frames, as many and for as long as asked."""
    frames = islice(source, args.max_frames)
    if args.duration is None:
        return frames
    return takewhile(lambda frame: frame.time_s < args.duration, frames)


def frames_to_come(args: argparse.Namespace, source: Source) -> int | None:
    """Count how many frames there will be, if that can be told."""
    return min((count for count in (source.length, args.max_frames) if count is not None), default=None)


if __name__ == "__main__":
    raise SystemExit(main())
