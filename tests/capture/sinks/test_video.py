"""Recordings: they play, last as long as the scene, and hold what was handed over."""

from itertools import islice

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.sinks.names import VIDEO_SUFFIXES
from capture.sinks.video import VideoSink
from capture.sinks.video_encoder import MUXERS, Timeline, fit
from capture.sources.open import open_source
from capture.synthetic.demo import demo_frames
from capture.types import Frame, Page
from tests.support.video_files import decode, duration_s, make_frame, record


def test_every_video_suffix_has_a_muxer():
    assert set(VIDEO_SUFFIXES) == set(MUXERS)


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_recording_is_h264_that_phones_play(tmp_path, suffix):
    sink = record(tmp_path / f"a{suffix}", [i / 30 for i in range(30)])
    assert (sink.problem, sink.dropped) == (None, 0)
    with av.open(str(sink.path)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 64, 48)
    pictures, _ = decode(sink.path)
    assert [round(float(picture.mean())) for picture in pictures] == pytest.approx(
        [make_frame(i, 0).image.mean() for i in range(30)], abs=3
    )


@pytest.mark.parametrize(
    ("times", "scene_s"),
    [
        pytest.param([i / 30 for i in range(60)], 2.0, id="30 fps"),
        pytest.param([i * 1001 / 30000 for i in range(60)], 2.002, id="29.97 fps"),
        pytest.param([float(i) for i in range(12)], 12.0, id="1 fps"),
        pytest.param([i / 240 for i in range(240)], 1.0, id="240 fps"),
        pytest.param([5.0 * i for i in range(4)], 20.0, id="a frame every 5 s"),
        pytest.param([0, 0.03, 0.5, 0.51, 1.9, 2.0, 3.7, 4.0], 32 / 7, id="irregular"),
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_recording_lasts_as_long_as_the_scene(tmp_path, suffix, times, scene_s):
    sink = record(tmp_path / f"a{suffix}", times)
    assert decode(sink.path)[1] == pytest.approx(times, abs=0.001)
    assert duration_s(sink.path) == pytest.approx(scene_s, rel=0.02)


def test_there_is_a_keyframe_at_least_every_second(tmp_path):
    sink = record(tmp_path / "a.mp4", [i / 10 for i in range(50)])
    with av.open(str(sink.path)) as container:
        times = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe]
    assert max(np.diff([*times, 5.0])) <= 1.001


def test_a_recording_that_starts_later_starts_at_nought(tmp_path):
    sink = record(tmp_path / "a.mp4", [37.0, 37.5, 38.0], starts_at_s=None)
    assert decode(sink.path)[1] == pytest.approx([0, 0.5, 1.0])


def test_a_late_first_frame_keeps_its_time(tmp_path):
    sink = record(tmp_path / "a.mp4", [0.4, 0.5, 0.6])
    assert decode(sink.path)[1] == pytest.approx([0.4, 0.5, 0.6])


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        pytest.param([0, 0.1, 0.1, 0.2], [0, 0.1, 0.1, 0.2], id="equal times"),
        pytest.param([0, 0.1, 0.05, 0.2], [0, 0.1, 0.1, 0.2], id="jitter"),
        pytest.param([100, 100.1, 100.2, 5.0, 5.1, 5.2], [0, 0.1, 0.2, 0.3, 0.4, 0.5], id="clock set back"),
        pytest.param([-1.0, -0.5, 0.5], [0, 0, 0.5], id="before the start"),
    ],
)
def test_a_clock_that_goes_back_does_not_stop_the_recording(times, wanted):
    timeline = Timeline(None if times[0] == 100 else 0.0)
    ticks = [timeline.tick(time_s) for time_s in times]
    assert all(np.diff(ticks) > 0)
    assert [tick / 90000 for tick in ticks] == pytest.approx(wanted, abs=0.001)


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=2, max_size=50), st.sampled_from([0.0, None]))
def test_no_clock_is_too_wild_for_a_video(times, starts_at_s):
    timeline = Timeline(starts_at_s)
    steps = np.diff([timeline.tick(time_s) for time_s in times]) / 90_000
    assert steps.min() > 0
    assert steps.max() < 3601


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_clock_set_forward_by_days_does_not_stop_the_recording(tmp_path, suffix):
    sink = record(tmp_path / f"a{suffix}", [0, 0.1, 1e6, 1e6 + 0.1])
    assert sink.problem is None
    assert decode(sink.path)[1] == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.001)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (63, 47), (640, 1), (321, 240)], ids=str)
def test_odd_sizes_are_padded_by_a_pixel(tmp_path, size):
    sink = record(tmp_path / "a.mp4", [0, 0.1, 0.2], size)
    pictures, _ = decode(sink.path)
    assert sink.problem is None
    assert [picture.shape for picture in pictures] == [(size[1] + size[1] % 2, size[0] + size[0] % 2, 3)] * 3


def test_frames_of_another_size_are_letterboxed_and_none_is_lost(tmp_path):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index, size in enumerate([(64, 48), (32, 96), (641, 480), (1, 1)]):
            frame = make_frame(index, index / 10, size, level=200)
            sink.write(frame, frame.image, Page())
    pictures, _ = decode(sink.path)
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * 4
    tall = pictures[1]
    assert tall[24, 32].mean() == pytest.approx(200, abs=4)
    assert tall[24, 4].mean() == pytest.approx(0, abs=4)


def test_fit_keeps_the_shape_of_what_it_shrinks():
    image = np.full((100, 400, 3), 255, np.uint8)
    fitted = fit(image, 200, 200)
    rows = np.flatnonzero(fitted[:, 100, 0])
    assert (fitted.shape, rows[0], len(rows)) == ((200, 200, 3), 75, 50)


def test_a_clean_recording_holds_the_frame_and_not_the_view(tmp_path):
    frame = make_frame(0, 0.0, level=180)
    with VideoSink(tmp_path / "a.mp4", picture="frame") as sink:
        sink.write(frame, np.zeros_like(frame.image), Page())
    assert decode(sink.path)[0][0].mean() == pytest.approx(180, abs=2)


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_clean_recording_is_the_scene_again_as_a_source(tmp_path, suffix):
    scene = list(islice(demo_frames(4, (321, 240)), 12))
    with VideoSink(tmp_path / f"a{suffix}", picture="frame", may_drop=False) as sink:
        for frame in scene:
            sink.write(frame, np.zeros_like(frame.image), Page())
    with open_source(str(sink.path)) as source:
        replay = list(source)
    assert [frame.index for frame in replay] == [frame.index for frame in scene]
    assert [frame.time_s for frame in replay] == pytest.approx([frame.time_s for frame in scene], abs=0.001)
    for again, frame in zip(replay, scene, strict=True):
        grey, grey_again = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (frame.image, again.image[:, :321]))
        assert np.abs(np.subtract(grey, grey_again, dtype=np.float32)).mean() < 3


@pytest.mark.parametrize("size", [(64, 48), (33, 27)], ids=["even", "odd"])
def test_a_clean_matroska_recording_loses_nothing(tmp_path, size):
    random = np.random.default_rng(0)
    images = [random.integers(0, 256, (size[1], size[0], 3), np.uint8) for _ in range(5)]
    with VideoSink(tmp_path / "a.mkv", picture="frame", may_drop=False) as sink:
        for index, image in enumerate(images):
            sink.write(Frame(image, index, index / 10, "test"), np.zeros_like(image), Page())
    with open_source(str(sink.path)) as source:
        assert all(np.array_equal(frame.image, image) for frame, image in zip(source, images, strict=True))


def test_colours_come_back_as_they_were(tmp_path):
    colours = [(200, 40, 60), (30, 180, 220), (90, 90, 200)]
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index, colour in enumerate(colours):
            image = np.full((48, 64, 3), colour, np.uint8)
            sink.write(Frame(image, index, index / 10, "test"), image, Page())
    for picture, colour in zip(decode(sink.path)[0], colours, strict=True):
        assert picture.mean(axis=(0, 1)) == pytest.approx(colour, abs=4)


def test_pictures_that_could_not_be_read_are_skipped(tmp_path):
    broken = Frame(np.zeros((0, 0, 3), np.uint8), 1, 0.1, "bad.jpg", error="cannot be read")
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for frame in [make_frame(0, 0.0), broken, make_frame(2, 0.2)]:
            sink.write(frame, frame.image, Page())
    assert decode(sink.path)[1] == pytest.approx([0, 0.2])


def test_a_recording_without_frames_leaves_no_file(tmp_path):
    with VideoSink(tmp_path / "a.mp4") as sink:
        pass
    assert sink.problem is None
    assert not sink.path.exists()


def test_a_second_close_and_late_frames_do_no_harm(tmp_path):
    sink = record(tmp_path / "a.mp4", [0, 0.1])
    sink.write(make_frame(2, 0.2), make_frame(2, 0.2).image, Page())
    sink.close()
    assert len(decode(sink.path)[1]) == 2
