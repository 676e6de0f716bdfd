"""Pictures that a page sends, as a source."""

import threading

import numpy as np
import pytest

from capture.sources.base import SourceOptions
from capture.sources.browser import NAME, BrowserSource
from capture.sources.open import open_source

IMAGE = np.zeros((20, 30, 3), np.uint8)


def test_the_newest_picture_wins_and_comes_once():
    times = iter((10.0, 10.0, 10.5))
    with BrowserSource(lambda: next(times)) as source:
        frames = iter(source)
        source.offer(IMAGE)
        source.offer(IMAGE + 1)
        first = next(frames)
        assert (first.image == 1).all() and source.dropped == 1 and not source.has_news
        source.offer(IMAGE + 2)
        second = next(frames)
    assert [(frame.index, frame.time_s, frame.source) for frame in (first, second)] == [(0, 0.0, NAME), (1, 0.5, NAME)]


def test_each_photo_is_a_scene_of_its_own():
    scenes = []
    with BrowserSource() as source:
        frames = iter(source)
        for begins, name in ((True, NAME), (False, NAME), (False, "a.jpg"), (False, "a.jpg"), (True, NAME)):
            if begins:
                source.begin_scene()
            source.offer(IMAGE, name)
            assert next(frames).source == name
            scenes.append(source.scene)
    assert scenes == [1, 1, 2, 3, 4]


def test_the_scene_is_that_of_the_frame_taken_not_of_the_one_that_waits():
    with BrowserSource() as source:
        frames = iter(source)
        source.offer(IMAGE)
        next(frames)
        before = source.scene
        source.offer(IMAGE, "a.jpg")
        assert source.scene == before


def test_waiting_for_a_picture_ends_when_one_comes_and_when_the_source_is_closed():
    with BrowserSource() as source:
        threading.Timer(0.05, source.offer, [IMAGE]).start()
        frames = iter(source)
        assert next(frames).image is IMAGE
        threading.Timer(0.05, source.close).start()
        with pytest.raises(StopIteration):
            next(frames)


def test_it_is_opened_by_its_name():
    with open_source("browser") as source:
        assert isinstance(source, BrowserSource)
        assert source.is_live and not source.is_stills


def test_mirror_images_of_camera_and_photos_are_turned_back_the_sheet_is_not():
    image = np.arange(20 * 30 * 3, dtype=np.uint32).reshape(20, 30, 3).astype(np.uint8)
    turned = []
    with open_source("browser", SourceOptions(is_mirrored=True)) as source:
        frames = source.frames()
        for is_sheet, name in ((False, NAME), (True, NAME), (True, "a.jpg")):
            source.begin_scene(is_sheet=is_sheet)
            source.offer(image, name)
            turned.append((next(frames).image == image[:, ::-1]).all())
    assert turned == [True, False, True]
