"""Compares a catalogue of texts with what the code asks for."""

import ast
from collections import Counter
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).resolve().parents[2]


def templates(*places: str) -> set[str]:
    """Every text that the Python files of these folders or files give to `tr`.

    Raises:
        AssertionError: one is not written as a literal, so that no catalogue can be checked against it.
    """
    found = set()
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for call in _calls(file):
                text = call.args[0]
                is_literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
                assert is_literal, f"{file}:{call.lineno}: tr() of what is no literal"
                found.add(text.value)
    return found


def _calls(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "tr":
            yield node


def fields(template: str) -> Counter:
    """The names of a template's fields, with how often each stands there."""
    return Counter(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def check_catalogue(catalogue: dict[str, str], asked: set[str]) -> None:
    """Fails when a text is missing, is translated for nobody, or has a field that the code does not fill."""
    assert sorted(asked - set(catalogue)) == [], "not translated"
    assert sorted(set(catalogue) - asked) == [], "translated, but nowhere used"
    wrong = [english for english, french in catalogue.items() if set(fields(french)) - set(fields(english))]
    assert wrong == [], "fields that the code does not give"
