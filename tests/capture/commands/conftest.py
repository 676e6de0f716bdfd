"""Sessions over stand-ins."""

import numpy as np
import pytest

from capture.commands.session import Session
from capture.track.tracker import NoTracking
from tests.support.sessions import FakeClock, FakeRecorder, FakeSource


@pytest.fixture
def made(tmp_path):
    def make(source=None, **settings):
        return Session(
            source or FakeSource(),
            NoTracking(0.5),
            FakeRecorder(tmp_path),
            lambda image, trace: np.full((10, 10, 3), 55, np.uint8),
            tmp_path,
            clock=FakeClock(),
            **settings,
        )

    return make
