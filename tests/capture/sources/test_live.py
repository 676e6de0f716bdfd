"""Live sources whatever a driver or a clock does: pictures of any form go all the way, times only forward."""

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from capture.loop import run
from capture.read.reader import PageReader
from capture.sinks.readings import JsonLinesSink
from capture.sinks.video import VideoSink
from capture.sources import camera as source_camera
from capture.sources.camera import CameraFeed, as_bgr
from capture.sources.live import LiveSource
from capture.track.tracker import Tracker
from capture.types import Frame
from model.classifier import CLASSES
from tests.support.network import FakeNetwork

DEPTHS = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int64", "float16", "float32", "float64", "complex64")
GREY = np.full((4, 6), 0.5)


@pytest.mark.parametrize(
    ("pixels", "shade"),
    [
        pytest.param(np.full((4, 6, 3), 9, np.uint8), 9, id="as all stages take it"),
        pytest.param(np.full((4, 6), 9, np.uint8), 9, id="grey"),
        pytest.param(np.full((4, 6, 1), 9, np.uint8), 9, id="grey in one channel"),
        pytest.param(np.full((4, 6, 4), 9, np.uint8), 9, id="with alpha"),
        pytest.param(np.full((4, 6), 9 << 8, np.uint16), 9, id="16 bits, infrared"),
        pytest.param(np.full((4, 6, 3), -5, np.int16), 0, id="below black"),
        pytest.param(GREY, 128, id="floats"),
        pytest.param(GREY + 7, 255, id="floats beyond white"),
        pytest.param(GREY * np.nan, 0, id="not a number"),
        pytest.param(GREY > 0, 255, id="black and white"),
    ],
)
def test_what_drivers_give_becomes_a_picture(pixels, shade):
    image = as_bgr(pixels)
    assert (image.shape, image.dtype) == ((4, 6, 3), np.uint8)
    assert np.abs(image.astype(int) - shade).max() <= 1


@pytest.mark.parametrize("shape", [(), (0,), (7,), (0, 5), (4, 6, 2), (4, 0, 3), (2, 4, 6, 3)], ids=str)
def test_what_is_no_picture_is_none(shape):
    assert as_bgr(np.zeros(shape, np.uint16)).size == 0


class WildCapture:
    """Stands in for `cv2.VideoCapture`: gives the arrays one by one, then nothing."""

    def __init__(self, arrays):
        self._arrays = iter(arrays)

    def read(self):
        array = next(self._arrays, None)
        return array is not None, array


def frames_of(arrays):
    images = [CameraFeed(WildCapture([array])).read() for array in arrays]
    return [Frame(image, i, i / 30, "wild") for i, image in enumerate(images) if image is not None]


wild_arrays = st.lists(
    st.sampled_from(DEPTHS).flatmap(
        lambda depth: nst.arrays(depth, nst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=40))
    ),
    max_size=4,
)


@given(wild_arrays)
@settings(deadline=None, max_examples=25)
def test_wild_pictures_go_all_the_way_into_the_recordings(arrays):
    network = FakeNetwork(lambda glyphs: np.full((len(glyphs), CLASSES), 1 / CLASSES, np.float32))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(source_camera, "LOST_AFTER_S", 0)
        frames = frames_of([*arrays, np.zeros((8, 8, 3), np.uint8)])
        video = VideoSink(Path(folder) / "a.mp4", may_drop=False)
        with video, JsonLinesSink(Path(folder) / "a.jsonl") as lines:
            summary = run(frames, PageReader(network, 0.0), Tracker(0.0), [video, lines])
        assert (video.problem, lines.problem) == (None, None)
        assert len(lines.path.read_text().splitlines()) == summary.frames == len(frames)


class EndlessFeed:
    skipped = 0

    def read(self):
        return np.zeros((4, 6, 3), np.uint8)

    def close(self):
        pass


def test_times_only_go_forward_whatever_the_clock_does():
    jumps = itertools.cycle([0.01, 0.0, -5.0, 0.02, 3600.0, -3600.0, -0.5])
    clock = itertools.accumulate(jumps)
    with LiveSource("fake", "camera", EndlessFeed, lambda: next(clock)) as source:
        times = [frame.time_s for frame in itertools.islice(source, 50)]
    assert times[0] == 0
    assert all(before < after for before, after in itertools.pairwise(times))
