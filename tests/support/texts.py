"""Compares a catalogue of texts with what the code asks for."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("capture", "model", "training", "run_camera.py", "train.py")
ASKS = ("tr", "translatable")
TELLS = ("tell", "_tell", "say", "print", "print_usage", "error")


def templates(*places: str) -> set[str]:
    """Every text that the Python files of these folders or files give to `tr`, `translatable` or an error of ours.

    Raises:
        AssertionError: one is not written as a literal, so that no catalogue can be checked against it.
    """
    found = set()
    for file in files_of(*places):
        for call in calls_of(file):
            text, name = call.args[0], name_of(call.func)
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found |= {text.value} if has_words(text.value) else set()
            else:
                is_ready = name not in ASKS and not isinstance(text, ast.JoinedStr)
                assert is_ready, f"{file}:{call.lineno}: {name}() of what is no literal"
    return found


def files_of(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def calls_of(file: Path) -> Iterator[ast.Call]:
    """The calls that bring a text before the user."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call) and node.args and name_of(node.func) in {*ASKS, *errors_of_ours()}:
            yield node


def untranslated(*places: str) -> list[str]:
    """Where a text is told, printed or shown as help without being asked of the catalogue: `file:line: text`."""
    return [
        f"{file.relative_to(ROOT)}:{text.lineno}: {ast.unparse(text)}"
        for file in files_of(*places)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        for text in _told(node)
        if has_prose(text)
    ]


def _told(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that the user reads."""
    told = call.args[:1] if name_of(call.func) in TELLS else []
    return told + [keyword.value for keyword in call.keywords if keyword.arg in ("help", "description", "epilog")]


def has_prose(text: ast.expr) -> bool:
    """Whether it is a literal with a word of two letters or more outside of its fields."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    literals = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.search(r"[A-Za-z]{2}", literal) for literal in literals)


@cache
def errors_of_ours() -> frozenset[str]:
    """The names of DigitsError and of all that are made from it."""
    bases = {
        node.name: {name_of(base) for base in node.bases}
        for file in files_of(*ROOMS)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef)
    }
    names = {"DigitsError"}
    while news := {name for name, those in bases.items() if those & names} - names:
        names |= news
    return frozenset(names)


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def has_words(template: str) -> bool:
    """Whether there is something to translate between the fields: a colon is enough, which has a space in French."""
    return any(text.strip() for text, *_ in Formatter().parse(template))


def name_of(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def fields(template: str) -> Counter:
    """The names of a template's fields, with how often each stands there."""
    return Counter(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def check_catalogue(catalogue: dict[str, str], asked: set[str]) -> None:
    """Fails when a text is missing, is translated for nobody, or has a field that the code does not fill."""
    assert sorted(asked - set(catalogue)) == [], "not translated"
    assert sorted(set(catalogue) - asked) == [], "translated, but nowhere used"
    wrong = [english for english, french in catalogue.items() if set(fields(french)) - set(fields(english))]
    assert wrong == [], "fields that the code does not give"
