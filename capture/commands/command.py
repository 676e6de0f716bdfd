"""The commands, each with its keys: the window takes them from the keyboard, the page has a button for each as well."""

from __future__ import annotations

from enum import Enum

from capture.language import translatable


class Command(Enum):
    """What the user asks for, each with its keys and what the help says of it."""

    QUIT = "qQ", "q", translatable("quit")
    LEAVE = "\x1b", translatable("Esc"), translatable("one step back; at last quit")
    PAUSE = " ", translatable("space"), translatable("pause, go on; the next photo")
    PREVIOUS = "bB", "b", translatable("back to the photo before")
    RECORD = "rR", "r", translatable("start, stop a recording")
    SNAPSHOT = "sS", "s", translatable("save a snapshot")
    INSPECT = "dD", "d", translatable("what the program sees")
    MIRROR = "mM", "m", translatable("mirror the picture, as you see it only")
    STRICTER = "+=", "+", translatable("show surer readings only")
    LAXER = "-_", "-", translatable("show less sure readings too")
    CORRECT = "wW", "w", translatable("a reading is wrong: correct it")
    CLEAR = "cC", "c", translatable("clear the canvas (draw)")
    FULL_SCREEN = "fF", "f", translatable("full screen, and back")
    HELP = "hH?", "h", translatable("this help")

    def __init__(self, keys: str, label: str, meaning: str) -> None:
        self.keys = keys
        self.label = label
        self.meaning = meaning
