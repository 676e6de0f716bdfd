"""What several tests of the program ask for."""

import numpy as np
import pytest

from capture.language import use_language


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Programs speak English in tests, whatever the system's language, and forget what a test has chosen."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    use_language("en")


@pytest.fixture(scope="session")
def display():
    """The name of a display that no one sees."""
    from tests.support.windows import open_display

    with open_display() as name:
        yield name


@pytest.fixture
def all_sevens(monkeypatch):
    """A network that takes everything for a 7, for tests that are not about reading."""
    import run_camera
    from model.classifier import CLASSES
    from tests.support.network import FakeNetwork

    network = np.eye(CLASSES, dtype=np.float32)
    monkeypatch.setattr(run_camera, "Classifier", lambda path: FakeNetwork(lambda glyphs: network[[7] * len(glyphs)]))


@pytest.fixture
def photo(tmp_path):
    """The name of a photo with the digits 4711."""
    from tests.support.program import write_photo

    return write_photo(tmp_path / "photo.png", "4711")
