"""Pictures read by several processes: the same as by one, in order, whatever happens to one of them."""

import cv2
import numpy as np
import pytest
from PIL import Image

from capture.parallel import MIN_FILES_PER_JOB, FileReader, ParallelReader, usable_jobs
from capture.read.reader import PageReader
from capture.sources.photos import open_folder
from capture.synthetic.page import page_of
from model.classifier import DEFAULT_WEIGHTS
from tests.support.odd_readers import DEADLY, DeadlyReader, WaitingReader
from tests.support.video_files import wait_until

TEXTS = ("4711", "20 3", "58\n96", "7", "1234 5")


@pytest.fixture
def folder(tmp_path):
    """Five pictures, a file that is none, and one of two pages."""
    for number, text in enumerate(TEXTS):
        cv2.imwrite(str(tmp_path / f"{number}.png"), page_of(text, (320, 240), seed=number).image)
    (tmp_path / "3a.png").write_text("no picture")
    pages = [Image.fromarray(page_of(text, (320, 240)).image[..., ::-1]) for text in ("12", "34")]
    pages[0].save(tmp_path / "9.tif", save_all=True, append_images=pages[1:])
    return tmp_path


def told(frames, read):
    """What a run would write of each frame, but for its pixels."""
    return [
        (
            frame.index,
            frame.source,
            frame.error,
            frame.image.shape,
            [(d.box, d.digit, d.confidence) for d in page.digits],
        )
        for frame in frames
        for page in [read(frame)]
    ]


def parallel(source, read_file):
    with ParallelReader(source, read_file, jobs=2) as reader:
        return told(reader, reader)


@pytest.mark.parametrize("wants_images", [False, True])
def test_two_processes_read_the_same_as_one_to_the_bit(folder, wants_images):
    alone = told(open_folder(folder), PageReader())
    assert parallel(open_folder(folder), FileReader(DEFAULT_WEIGHTS, 0.5, None, wants_images)) == alone
    assert [error is None for _, _, error, *_ in alone] == [True] * 4 + [False] + [True] * 3


def test_pictures_come_back_with_their_pixels_where_they_are_wanted(folder):
    source = open_folder(folder)
    with ParallelReader(source, FileReader(DEFAULT_WEIGHTS, 0.5, None, True), jobs=2) as reader:
        images = [frame.image for frame in reader]
    assert all(np.array_equal(a, b.image) for a, b in zip(images, open_folder(folder), strict=True))


def test_a_file_of_very_many_pages_is_not_held_at_once(folder, monkeypatch):
    monkeypatch.setattr("capture.parallel.MAX_PAGES_SENT", 1)
    read_file = FileReader(DEFAULT_WEIGHTS, 0.5, None, True)
    assert read_file(folder / "9.tif") is None
    assert len(read_file(folder / "0.png")) == 1
    assert len(list(read_file.pages(folder / "9.tif"))) == 2


def test_a_worker_that_dies_costs_its_file_and_no_other(folder):
    (folder / "1.png").rename(folder / DEADLY)
    read = parallel(open_folder(folder), DeadlyReader())
    errors = {source.rsplit("/", 1)[-1]: error for _, source, error, *_ in read if error}
    assert set(errors) == {DEADLY, "3a.png"}
    assert "process" in errors[DEADLY]
    assert sum(len(digits) for *_, digits in read) == len("471158967123451234")


def test_a_picture_that_takes_long_does_not_keep_the_other_process_waiting(tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.png").touch()
    assert parallel(open_folder(tmp_path), WaitingReader(others=10)) == []


def test_workers_end_when_the_run_is_broken_off(folder):
    with ParallelReader(open_folder(folder), FileReader(DEFAULT_WEIGHTS, 0.5, None, False), jobs=2) as reader:
        next(iter(reader))
        workers = list(reader._pool._processes.values())
    assert workers
    wait_until(lambda: not any(worker.is_alive() for worker in workers))


@pytest.mark.parametrize("files, jobs, used", [(1, 8, 1), (3 * MIN_FILES_PER_JOB, 8, 3), (100, 2, 2), (100, 1, 1)])
def test_no_more_processes_are_started_than_there_is_work_for(tmp_path, files, jobs, used):
    for number in range(files):
        (tmp_path / f"{number}.png").touch()
    assert usable_jobs(open_folder(tmp_path), jobs) == used
