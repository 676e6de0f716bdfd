"""The page's texts, a table a language, and the page that they are put into."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "texts"
PLACE = re.compile(r"\{\{(\w+)\}\}")


def load_texts(language: str) -> dict[str, str]:
    """All texts of the page in a language, "en" or "fr", by their names."""
    return json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def fill_in(template: str, texts: dict[str, str], data: dict[str, Any]) -> str:
    """Put texts, and data as JSON for the page's scripts, into the places `{{name}}` of a page."""

    def content(place: re.Match[str]) -> str:
        return as_json(data[place[1]]) if place[1] in data else escape(texts[place[1]])

    return PLACE.sub(content, template)


def as_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
