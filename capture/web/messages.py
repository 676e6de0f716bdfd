"""Parses the messages that a page sends, and does to the session what they ask; others end the page's connection."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any

import cv2

from capture.commands.command import Command
from capture.commands.correction import Answer, Move
from capture.commands.session import Session
from model.classifier import NO_DIGIT

MOUSE_EVENTS = {
    ("down", "pen"): (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_FLAG_LBUTTON),
    ("move", "pen"): (cv2.EVENT_MOUSEMOVE, cv2.EVENT_FLAG_LBUTTON),
    ("up", "pen"): (cv2.EVENT_LBUTTONUP, 0),
    ("down", "eraser"): (cv2.EVENT_RBUTTONDOWN, cv2.EVENT_FLAG_RBUTTON),
    ("move", "eraser"): (cv2.EVENT_MOUSEMOVE, cv2.EVENT_FLAG_RBUTTON),
    ("up", "eraser"): (cv2.EVENT_RBUTTONUP, 0),
}


GIVES = {"camera": False, "sheet": True}  # whether it is a sheet


class MessageError(ValueError):
    """A page said something that no page of ours says."""


@dataclass(frozen=True)
class Do:
    """A command, or an answer while readings are corrected."""

    asked: Command | Answer

    def __call__(self, session: Session) -> None:
        """Do it; called by the thread that runs the session."""
        session.do(self.asked)


@dataclass(frozen=True)
class Mouse:
    """Mouse, pen or finger on the picture; the place in shares of its width and height."""

    event: int
    flags: int
    x: float
    y: float

    def __call__(self, session: Session) -> None:
        """Pass it on in pixels of what is shown."""
        if session.frame is not None:
            height, width = session.picture().shape[:2]
            session.mouse(self.event, self.x * width, self.y * height, self.flags)


@dataclass(frozen=True)
class Acknowledge:
    """The page has drawn a picture and can take another one."""

    number: int


@dataclass(frozen=True)
class Give:
    """The page is going to send pictures of its own: of its camera, or of a sheet to write on."""

    is_sheet: bool


Message = Do | Mouse | Acknowledge | Give


def parse_message(text: str) -> Message:
    """Read what a page sent.

    Args:
        text: a JSON object with one entry: do, answer, mouse, drawn or give.

    Raises:
        MessageError: it is none of these.
    """
    try:
        ((kind, value),) = json.loads(text).items()
        return PARSERS[kind](value)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise MessageError(f"page: sent what is no message ({type(error).__name__})") from error


def _answer(value: Any) -> Do:
    if type(value) is int:
        if not 0 <= value <= NO_DIGIT:
            raise MessageError("no such digit")
        return Do(value)
    return Do(Move[value])


def _mouse(value: Any) -> Mouse:
    kind, tool, x, y = value
    if not all(type(place) in (int, float) and isfinite(place) and abs(place) <= 10 for place in (x, y)):
        raise MessageError("no such place")
    return Mouse(*MOUSE_EVENTS[kind, tool], x, y)


def _acknowledge(value: Any) -> Acknowledge:
    if type(value) is not int:
        raise MessageError("no such number")
    return Acknowledge(value)


PARSERS = {
    "do": lambda name: Do(Command[name]),
    "answer": _answer,
    "mouse": _mouse,
    "drawn": _acknowledge,
    "give": lambda kind: Give(GIVES[kind]),
}
