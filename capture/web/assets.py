"""The files of the page, read once and served from memory: no path that a browser asks for is ever opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from capture.commands.command import Command
from capture.web.texts import fill_in, load_texts

FOLDER = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
INDEX = "index.html"


@dataclass(frozen=True)
class Asset:
    """A file and what it is."""

    data: bytes
    content_type: str


def load_assets(language: str) -> dict[str, Asset]:
    """Every file of the page by its path in the address, the page itself in that language as `/`."""
    assets = {f"/{path.name}": Asset(path.read_bytes(), TYPES[path.suffix]) for path in FOLDER.iterdir()}
    texts, keys = load_texts(language), {command.name: command.keys for command in Command}
    page = fill_in(assets.pop(f"/{INDEX}").data.decode(), texts, {"texts": texts, "keys": keys})
    return {**assets, "/": Asset(page.encode(), TYPES[".html"])}
