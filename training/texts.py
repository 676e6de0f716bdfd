"""Chooses the language of all that the training side writes: texts, pictures, reports."""

from __future__ import annotations

from pathlib import Path

from capture.language import read_catalogue, use_language

FRENCH_TEXTS = Path(__file__).with_name("french.json")


def write_in(language: str) -> None:
    """Write in "en" or "fr" from here on."""
    use_language(language, read_catalogue(FRENCH_TEXTS))
