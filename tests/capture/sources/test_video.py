"""Videos: every frame at the file's own time, and files that are empty, damaged or broken off."""

from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import av
import numpy as np
import pytest

from capture.sources import video as source_video
from capture.sources.base import SourceError, SourceOptions
from capture.sources.open import open_source
from capture.types import Frame

SIZE = (64, 48)
MILLISECOND = Fraction(1, 1000)
EVEN_MS = range(0, 2500, 100)
UNEVEN_MS = (0, 40, 80, 900, 910, 1700, 2400)


def clip(
    path: Path,
    times_ms: Sequence[int] = EVEN_MS,
    *,
    sound_s: float = 0,
    key_every: int = 5,
    title: str = "",
    **options: str,
) -> Path:
    """A video whose frame n is of `shade(n)`, at `times_ms[n]`; with a tone of `sound_s` seconds if wanted."""
    with av.open(str(path), "w", options=options) as container:
        container.metadata["title"] = title
        video = container.add_stream("mpeg4", rate=1000)
        video.width, video.height = SIZE
        video.codec_context.time_base = MILLISECOND
        video.codec_context.gop_size = key_every
        video.codec_context.max_b_frames = 0
        sound = container.add_stream("aac", rate=8000) if sound_s else None
        for index, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), shade(index), np.uint8), format="bgr24")
            frame.pts, frame.time_base = time_ms, MILLISECOND
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if sound:
            tone = av.AudioFrame.from_ndarray(np.zeros((1, int(8000 * sound_s)), np.float32), "fltp", "mono")
            tone.sample_rate, tone.pts = 8000, 0
            container.mux(sound.encode(tone))
            container.mux(sound.encode())
    return path


def shade(index: int) -> int:
    return 8 * index % 256


def frames(path: Path) -> list[Frame]:
    with open_source(str(path)) as source:
        return list(source)


def read_until_error(path: Path) -> tuple[list[Frame], str]:
    seen = []
    with pytest.raises(SourceError) as told, open_source(str(path)) as source:
        seen.extend(source)
    assert "\n" not in str(told.value) and str(told.value).startswith(f"{path}: ")
    return seen, str(told.value)


@pytest.mark.parametrize("times_ms", [EVEN_MS, UNEVEN_MS], ids=["even", "uneven"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_every_frame_at_its_own_time(tmp_path: Path, suffix: str, times_ms: Sequence[int]) -> None:
    read = frames(clip(tmp_path / f"a{suffix}", times_ms))
    assert [frame.time_s for frame in read] == pytest.approx([ms / 1000 for ms in times_ms], abs=0.002)
    assert [frame.image.mean() for frame in read] == pytest.approx([shade(i) for i in range(len(times_ms))], abs=6)
    assert [frame.index for frame in read] == list(range(len(times_ms)))


def test_a_clip_that_starts_late_starts_at_zero(tmp_path: Path) -> None:
    assert frames(clip(tmp_path / "a.mkv", [5000 + ms for ms in EVEN_MS]))[0].time_s == pytest.approx(0, abs=0.05)


def test_what_is_known_beforehand(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4")
    with open_source(str(path)) as source:
        assert source.size == SIZE
        assert source.length == len(EVEN_MS)
        assert source.fps == pytest.approx(10, rel=0.05)
        assert not source.is_live and not source.is_stills
        assert source.opened_as == f"{path}: 64x48, {source.fps:.4g} fps"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_longer_sound_is_no_damage(tmp_path: Path, suffix: str) -> None:
    assert len(frames(clip(tmp_path / f"a{suffix}", sound_s=8))) == len(EVEN_MS)


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.mkv", {}), ("a.mp4", {"movflags": "faststart"})],
    ids=["mkv", "mp4 with its index in front"],
)
def test_a_file_that_breaks_off_gives_what_it_has_and_then_says_so(tmp_path: Path, name: str, options: dict) -> None:
    path = clip(tmp_path / name, range(0, 8000, 100), **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    read, told = read_until_error(path)
    assert 20 < len(read) < 60
    assert "breaks off at" in told


def test_damage_in_the_middle_loses_only_the_damaged_frames(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", range(0, 8000, 100), key_every=4)
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 300] = np.random.default_rng(1).bytes(300)
    path.write_bytes(data)
    with open_source(str(path)) as source:
        read = list(source)
    assert len(read) > 60
    assert read[-1].time_s == pytest.approx(7.9, abs=0.01)
    assert all(a.time_s < b.time_s for a, b in itertools.pairwise(read))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"just text", "text, not a video"),
        ("é".encode() * 600, "text, not a video"),
        (b"PK\3\4" + bytes(50), "export it as PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "export it as PDF"),
        (gzip.compress(b"pictures"), "unpack the pictures"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "unpack the pictures"),
        (b"\0\0\0\x18ftypisom" + bytes(5000), "broke off before"),
    ],
    ids=["empty", "text", "text in UTF-8", "new Office", "old Office", "tar.gz", "7z", "no index"],
)
def test_no_video(tmp_path: Path, content: bytes, words: str, capfd: pytest.CaptureFixture) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert words in read_until_error(path)[1]
    assert capfd.readouterr().err == ""


def test_a_codec_that_opencv_lacks_is_read_by_pyav(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = clip(tmp_path / "a.mp4", UNEVEN_MS)
    by_opencv = frames(path)
    monkeypatch.setattr(source_video.cv2, "VideoCapture", blind_capture)
    by_pyav = frames(path)
    assert [frame.time_s for frame in by_pyav] == pytest.approx([frame.time_s for frame in by_opencv], abs=0.002)
    for one, other in zip(by_pyav, by_opencv, strict=True):
        assert np.abs(one.image.astype(int) - other.image).max() <= 2
    with open_source(str(path)) as source:
        assert (source.size, source.length, source.paths) == (SIZE, len(UNEVEN_MS), (path,))


def blind_capture(*_: object) -> Mock:
    """Stand in for `cv2.VideoCapture` on a video of a codec it cannot decode."""
    return Mock(**{"isOpened.return_value": True, "grab.return_value": False})


WRITE_AV1 = """
import sys, av, numpy as np
with av.open(sys.argv[1], "w") as container:
    video = container.add_stream("libsvtav1", rate=10)
    video.width, video.height = 64, 48
    for _ in range(3):
        container.mux(video.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 99, np.uint8), format="bgr24")))
    container.mux(video.encode())
"""  # in a process of its own: for root the encoder gives its caller real-time priority, and all that this starts later


def test_av1_is_read(tmp_path: Path) -> None:
    if "libsvtav1" not in av.codecs_available:
        pytest.skip("this PyAV cannot write AV1")
    path = tmp_path / "a.mp4"
    subprocess.run([sys.executable, "-c", WRITE_AV1, path], check=True, capture_output=True)
    assert [frame.image.mean() for frame in frames(path)] == pytest.approx([99] * 3, abs=3)


@pytest.mark.skipif(sys.platform == "win32", reason="names hold no colons there")
@pytest.mark.parametrize("name", ["12:30.mp4", "12:30:00.mp4", "http:nothing.mp4", "pipe:0.mp4"])
def test_a_colon_in_a_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    clip(tmp_path / "a.mp4").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with open_source(name) as source:
        assert (len(list(source)), source.name) == (len(EVEN_MS), name)


def test_a_title_that_is_no_text_is_no_trouble(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", range(0, 8000, 100), title="caf_", movflags="faststart")
    whole = path.read_bytes()
    assert whole.count(b"caf_") == 1
    path.write_bytes(whole.replace(b"caf_", b"caf\xe9")[: len(whole) // 2])
    assert "breaks off at" in read_until_error(path)[1]


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        tone.sample_rate = 8000
        container.mux(stream.encode(tone))
        container.mux(stream.encode())
    assert read_until_error(path)[1] == f"{path}: sound without a picture; name a picture, PDF or video"


@pytest.mark.parametrize("reader", ["OpenCV", "PyAV"])
def test_phone_video_is_turned_upright(tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if reader == "PyAV":
        monkeypatch.setattr(source_video.cv2, "VideoCapture", blind_capture)
    path = clip(tmp_path / "a.mp4")
    data = path.read_bytes()
    upright = b"".join(value.to_bytes(4, signed=True) for value in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    turned = b"".join(value.to_bytes(4, signed=True) for value in (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30))
    track = data.index(b"tkhd")
    assert data.count(upright, track) == 1
    path.write_bytes(data[:track] + data[track:].replace(upright, turned))
    with open_source(str(path)) as source:
        assert next(iter(source)).image.shape == (SIZE[0], SIZE[1], 3)
        assert source.size == (SIZE[1], SIZE[0])


def test_a_watched_clip_runs_at_its_true_speed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []
    monkeypatch.setattr(source_video, "Pacer", lambda: SimpleNamespace(wait_until=waited.append))
    with open_source(str(clip(tmp_path / "a.mp4")), SourceOptions(is_paced=True)) as source:
        times = [frame.time_s for frame in source]
    assert waited == times


def test_closing_ends_the_frames(tmp_path: Path) -> None:
    with open_source(str(clip(tmp_path / "a.mp4", range(0, 8000, 100)))) as source:
        frames = iter(source)
        next(frames)
    assert list(frames) == []
    assert list(source) == []
