"""Drawn frames in place of a camera's: the same for the same seed, and without end."""

from __future__ import annotations

from collections.abc import Iterator

from capture.language import tr
from capture.sources.base import Pacer, Source, SourceError, SourceOptions
from capture.types import Frame

DEFAULT_SEED = 0
MIN_SIDE_PX = 16  # what is drawn in less is no page


class DemoSource(Source):
    """A moving sheet of handwritten digits; frame n is at n / fps seconds, however fast it is read."""

    is_live = True

    def __init__(self, seed: int, options: SourceOptions) -> None:
        super().__init__(
            f"demo:{seed}",
            tr(
                "demo:{seed}: {width}x{height} at {fps:g} fps, drawn",
                seed=seed,
                width=options.width,
                height=options.height,
                fps=options.fps,
            ),
        )
        self.size = options.size
        self.fps = options.fps
        self.can_wait = not options.is_paced
        self._seed = seed
        self._pacer = Pacer() if options.is_paced else None

    def __iter__(self) -> Iterator[Frame]:
        """Yield frames without end, at their true speed when somebody watches."""
        from capture.synthetic.demo import demo_frames  # noqa: PLC0415 - other sources need no drawing code

        for frame in demo_frames(self._seed, self.size, self.fps):
            if self._pacer:
                self._pacer.wait_until(frame.time_s)
            yield frame


def open_demo(spec: str, options: SourceOptions) -> DemoSource:
    """Open `demo` or `demo:SEED`."""
    seed = spec.partition(":")[2]
    if seed and not seed.isdecimal():
        raise SourceError("{spec}: the seed must be a whole number; try demo:7", spec=spec)
    if min(options.size) < MIN_SIDE_PX:
        least = f"{MIN_SIDE_PX}x{MIN_SIDE_PX}"
        raise SourceError(
            "{spec}: {width}x{height} is too small to draw in; ask for --size {least}",
            spec=spec,
            width=options.width,
            height=options.height,
            least=least,
        )
    return DemoSource(int(seed or DEFAULT_SEED), options)
