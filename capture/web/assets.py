"""The files of the page with its texts, read once and served from memory: no path that a browser asks for is opened."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from capture.commands.command import Command

FOLDER = Path(__file__).parent / "static"
TEXTS = Path(__file__).parent / "texts"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
INDEX = "index.html"
PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Asset:
    """A file and what it is."""

    data: bytes
    content_type: str


def load_assets(language: str) -> dict[str, Asset]:
    """Read every file of the page by its path in the address, the page itself in that language as `/`."""
    assets = {f"/{path.name}": Asset(path.read_bytes(), TYPES[path.suffix]) for path in FOLDER.iterdir()}
    texts, keys = load_texts(language), {command.name: command.keys for command in Command}
    page = fill_in(assets.pop(f"/{INDEX}").data.decode(), texts, {"texts": texts, "keys": keys})
    return {**assets, "/": Asset(page.encode(), TYPES[".html"])}


def load_texts(language: str) -> dict[str, str]:
    """Read all texts of the page in a language, "en" or "fr", by their names."""
    return json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))


def fill_in(template: str, texts: dict[str, str], data: dict[str, Any]) -> str:
    """Put texts, and data as JSON for the page's scripts, into the places `{{name}}` of a page."""

    def content(place: re.Match[str]) -> str:
        return as_json(data[place[1]]) if place[1] in data else escape(texts[place[1]])

    return PLACE.sub(content, template)


def as_json(value: Any) -> str:
    """Write JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
