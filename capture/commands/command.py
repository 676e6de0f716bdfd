"""The commands, each with its keys: the window takes them from the keyboard, the page has a button for each as well."""

from __future__ import annotations

from enum import Enum


class Command(Enum):
    """What the user asks for, each with its keys and what the help says of it."""

    QUIT = "qQ\x1b", "q, Esc", "quit"
    PAUSE = " ", "space", "pause, go on"
    RECORD = "rR", "r", "start, stop a recording"
    SNAPSHOT = "sS", "s", "save a snapshot"
    INSPECT = "dD", "d", "what the program sees"
    MIRROR = "mM", "m", "mirror the picture"
    STRICTER = "+=", "+", "show surer readings only"
    LAXER = "-_", "-", "show less sure readings too"
    CORRECT = "wW", "w", "a reading is wrong: correct it"
    CLEAR = "cC", "c", "clear the canvas (draw)"
    HELP = "hH?", "h", "this help"

    def __init__(self, keys: str, label: str, meaning: str) -> None:
        self.keys = keys
        self.label = label
        self.meaning = meaning
