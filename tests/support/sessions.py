"""Stand-ins for what a session works with, and a frame's way through one."""

import numpy as np

from capture.boxes import Box
from capture.commands.command import Command
from capture.types import Digit, Frame
from model.errors import DigitsError
from tests.support.pages import page_with

IMAGE = np.full((120, 200, 3), 200, np.uint8)


SEVEN = Digit(Box(20, 50, 20, 30), 7, 0.9, np.zeros(11, np.float32))


class FakeSource:
    is_live = True
    is_stills = False
    size = (200, 120)
    canvas = None
    shows_sheet = False

    def note(self):
        return "camera lost"

    def title(self, frame):
        return ""


class FakePhotos(FakeSource):
    """Three photos, each as grey as ten times its number."""

    is_live, is_stills = False, True
    gone = ()

    def title(self, frame):
        return f"{frame.index}.jpg {frame.index + 1}/3"

    def reopen(self, index):
        if index in self.gone:
            raise DigitsError("gone")
        return Frame(photo(index), index, 0.0, f"{index}.jpg")


def photo(index):
    return np.full((120, 200, 3), 10 * index, np.uint8)


class FakeCanvas:
    def __init__(self):
        self.events = []
        self.image = np.full((120, 200, 3), 255, np.uint8)

    def mouse(self, *event):
        self.events.append(event)

    def clear(self):
        self.events.append("clear")


class FakeRecorder:
    problem = None
    is_recording = False

    def __init__(self, folder):
        self.path = folder / "clip.mp4"

    def toggle(self):
        self.is_recording = not self.is_recording
        return self.is_recording


class FakeClock:
    now = 100.0

    def __call__(self):
        return self.now


def take(session, index=0, image=IMAGE, readings=(SEVEN,)):
    session.status(None)
    session.take(Frame(image, index, index / 10, "fake"), image.copy(), page_with(readings))
    return session.picture()


def shown_after(session, *commands):
    for command in commands:
        session.do(command)
    return session.picture()


def grey_of(session):
    """The grey level of the photo that is shown, where nothing is drawn on it."""
    return int(session.picture()[70, 190, 0])


def take_photos(session, count=3):
    for index in range(count):
        take(session, index, photo(index), readings=())
        session.do(Command.PAUSE)
