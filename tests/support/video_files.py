"""Makes and looks into recordings, for the tests of both their form and their faults."""

import struct
import time

import av
import numpy as np

from capture.sinks.video import VideoSink
from capture.types import Frame, Page


def make_frame(index, time_s, size=(64, 48), level=None):
    """A grey frame whose level tells its index."""
    level = (40 + 10 * index) % 250 if level is None else level
    return Frame(np.full((size[1], size[0], 3), level, np.uint8), index, time_s, "test")


def record(path, times, size=(64, 48), **options):
    """Records one frame a time, waiting for the encoder as a file source would; returns the closed sink."""
    options.setdefault("may_drop", False)
    with VideoSink(path, **options) as sink:
        for index, time_s in enumerate(times):
            frame = make_frame(index, time_s, size)
            sink.write(frame, frame.image, Page())
    return sink


def decode(path):
    """The pictures of a video, and their times in seconds."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray(format="bgr24") for frame in frames], [frame.time for frame in frames]


def duration_s(path):
    with av.open(str(path)) as container:
        return container.duration / av.time_base


def box_types(path):
    """The kinds of boxes that an MP4 file is made of."""
    data, kinds, at = path.read_bytes(), [], 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind.decode())
        at += size if size != 1 else struct.unpack(">Q", data[at + 8 : at + 16])[0]
    return kinds


def wait_until(is_true, limit_s=10.0):
    """Waits for another thread; fails the test when it takes too long."""
    deadline = time.monotonic() + limit_s
    while not is_true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)
